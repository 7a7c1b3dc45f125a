# make -j2 compiles the same sources again and again. One of them takes long, and one does not compile.
cat > Makefile <<'END'
objects = parser.o lexer.o main.o broken.o
all: $(objects)
%.o: %.c
	cc -O0 -c $< -o $@
END
for name in lexer main; do echo "int $name(void) { return 0; }" > "$name.c"; done
for index in {1..400}; do echo "int parser$index(int x) { return x * $index % 7; }"; done > parser.c
echo 'int broken(void) { return undeclared; }' > broken.c
if ! command -v cc; then
  # A stand-in that takes as long, and fails for the same file.
  cat > "$1/cc" <<'END'
#!/bin/sh
case $3 in
  parser.c) sleep 0.4 ;;
  broken.c) exit 1 ;;
esac
END
  chmod +x "$1/cc"
  PATH=$1:$PATH
fi
renice 19 $$
while :; do
  make --silent --keep-going -j2
  rm -f ./*.o
  sleep 0.3
done
