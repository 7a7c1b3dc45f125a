# bash completion for churntop
_churntop() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command='' word attached=''
  # bash splits --to=p at the equals sign, unless COMP_WORDBREAKS was changed.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=${COMP_WORDS[COMP_CWORD-2]}
  elif [[ $cur == --*=* ]]; then
    attached=${cur%%=*}= prev=${cur%%=*} cur=${cur#*=}
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in record|report|check|export|view) command=$word; break ;; esac
  done
  COMPREPLY=()
  _churntop_words
  COMPREPLY=("${COMPREPLY[@]/#/$attached}")
}
# Completes cur after prev.
_churntop_words() {
  case $prev in
    --source) COMPREPLY=($(compgen -W 'auto kernel proc' -- "$cur")); return ;;
    --theme) COMPREPLY=($(compgen -W 'terminal high-contrast color-blind light true-color' -- "$cur")); return ;;
    --by) COMPREPLY=($(compgen -W 'comm command parent user cgroup container unit host' -- "$cur")); return ;;
    --to) COMPREPLY=($(compgen -W 'perfetto otlp ecs' -- "$cur")); return ;;
    --config|--record|--metrics) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    -o|--dump-dir|--proc) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    -f|--filter|-i|--interval|--cpu-limit|--cpu-limit-busy|--alert|--columns|--bind|--rotate|--rotate-every|--keep|--fsync|--for|--top|--ssh|--via|--publish|--pulse|--guests|--since|--tether) return ;;
  esac
  if [[ $cur == -* ]]; then
    case $command in
      '') COMPREPLY=($(compgen -W '--ndjson --lines --strict --initial -f --filter --source -i --interval --cpu-limit --cpu-limit-busy --record-args --record-cgroups --alert --no-alerts --bell -o --dump-dir --theme --ascii --no-mouse --columns --bind --config --record --append --rotate --rotate-every --keep --gzip --fsync --proc --ssh --via --push --tether -h --help -V --version' -- "$cur")) ;;
      record) COMPREPLY=($(compgen -W '-f --filter --source -i --interval --cpu-limit --cpu-limit-busy --record-args --record-cgroups --alert --no-alerts --config --append --rotate --rotate-every --keep --gzip --fsync --metrics --for --proc --publish --pulse -h --help -V --version' -- "$cur")) ;;
      report) COMPREPLY=($(compgen -W '-f --filter --source -i --interval --cpu-limit --cpu-limit-busy --config --for --by --top --json --proc --guests --since -h --help -V --version' -- "$cur")) ;;
      check) COMPREPLY=($(compgen -W '--source --json --proc --create -h --help -V --version' -- "$cur")) ;;
      export) COMPREPLY=($(compgen -W '-f --filter --to --guests --since -h --help -V --version' -- "$cur")) ;;
      view) COMPREPLY=($(compgen -W '-f --filter -o --dump-dir --theme --ascii --no-mouse --columns --bind --config --guests --since -h --help -V --version' -- "$cur")) ;;
    esac
    return
  fi
  case $command in
    '') COMPREPLY=($(compgen -W 'record report check export view' -- "$cur")) ;;
    record|report|check|export|view) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
  esac
}
complete -F _churntop churntop
