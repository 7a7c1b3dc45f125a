# A script keeps two cores busy with pairs of processes that live for less than a tenth of a second.
# At a low priority, so that the tests beside it run.
ln -s /bin/bash "$1/report-gen"
ln -s "$(command -v perl)" "$1/render"
PATH=$1:$PATH exec nice -n 19 report-gen -c '
  while :; do
    render -e "1 for 1 .. 2_000_000" page-1.svg & render -e "1 for 1 .. 2_000_000" page-2.svg
    wait
  done'
