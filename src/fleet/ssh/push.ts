import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A program that can be sent. */
export type PushedProgram = {
  /** `script` runs in Node, `executable` by itself. */
  kind: 'script' | 'executable';
  /** Processor of an executable, as `uname -m` prints it. */
  machine?: string | undefined;
  content: Uint8Array;
  /** Compression level of gzip: a large program is sent to few guests. */
  level: number;
};

/** A command that installs and runs the program, and the bytes that it reads first. */
export type Installation = { command: readonly string[]; input: Uint8Array };

/** Exit code and first word of the far end when the program is missing there. */
const missingCode = 43;
const missingWord = 'churntop-missing';
const damagedText = 'the program was damaged on its way';

const oldestNode = 20;

/** Shell words that find Node: `$n` is its path, `$v` its major version or 0. */
const findNode =
  'n=$(command -v node || command -v nodejs || :); v=0; ' +
  'if [ -n "$n" ]; then v=$("$n" -p "process.versions.node.split(\\".\\")[0]" 2>/dev/null || echo 0); fi';

const compress = promisify(gzip);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const shell = (script: string, args: readonly string[]): string[] => ['sh', '-c', script, 'sh', ...args];

/** The name of the file of each kind, and how it is run with the arguments of the script. */
const kinds = {
  script: {
    file: 'churntop.mjs',
    run: 'exec "$n" "$f" "$@"',
    test: `[ -f "$f" ] && [ "$v" -ge ${oldestNode} ]`,
  },
  executable: { file: 'churntop', run: 'exec "$f" "$@"', test: '[ -x "$f" ]' },
} as const;

/** Installs the program at guests that do not have it, in `~/.cache/churntop/HASH/`. The hash is that of the program. */
export class Pusher {
  readonly #programs: readonly (PushedProgram & { hash: string })[];
  /** The compressed programs that were needed so far, by hash. */
  readonly #compressed = new Map<string, Promise<Uint8Array>>();

  /** @param programs in the order of preference */
  constructor(programs: readonly PushedProgram[]) {
    this.#programs = programs.map((program) => ({ ...program, hash: sha256(program.content) }));
  }

  /** Returns a command that runs the program with arguments, or reports what the far end could run. */
  question([name = '', ...args]: readonly string[]): string[] {
    const tries = this.#programs.map(({ kind, hash }) => {
      const { test, run } = kinds[kind];
      return `f=${folderOf(hash)}/${kinds[kind].file}; if ${test}; then ${run}; fi; `;
    });
    return shell(
      `if command -v ${name} >/dev/null 2>&1; then exec ${name} "$@"; fi; ${findNode}; ${tries.join('')}` +
        `echo "${missingWord} $(uname -m) $v"; exit ${missingCode}`,
      args,
    );
  }

  /** Returns the answer to `question` if the program is missing; undefined if it is not. */
  missing(code: number | null, output: string): string | undefined {
    return code === missingCode ? new RegExp(`^${missingWord} .*`, 'm').exec(output)?.[0] : undefined;
  }

  /** Returns how to install the program at a far end. @throws Error, in words, if none of the programs runs there */
  async install(missing: string, [, ...args]: readonly string[]): Promise<Installation> {
    const [, machine = '', node = '0'] = missing.split(' ');
    const hasNode = Number(node) >= oldestNode;
    const program = this.#programs.find((each) =>
      each.kind === 'script' ? hasNode : each.machine === machine,
    );
    if (!program)
      throw new Error(
        `nothing to push: Node ${node === '0' ? 'is missing there' : `${node} there is too old`}, and this churntop is no executable for ${machine}`,
      );
    const { kind, hash, content, level } = program;
    const compressed = this.#compressed.get(hash) ?? compress(content, { level });
    this.#compressed.set(hash, compressed);
    const input = await compressed;
    const { file, run } = kinds[kind];
    const script =
      `set -e; umask 077; d=${folderOf(hash)}; f="$d/${file}"; mkdir -p "$d"; t="$d/.new.$$"; ` +
      'trap \'rm -f "$t" "$t.gz"\' EXIT; trap "exit 1" HUP INT TERM PIPE; ' +
      `head -c ${input.length} > "$t.gz"; s=$(sha256sum < "$t.gz"); ` +
      `if [ "\${s%% *}" != ${sha256(input)} ]; then echo "${damagedText}" >&2; exit 1; fi; ` +
      `gzip -dc < "$t.gz" > "$t"; chmod 700 "$t"; mv -f "$t" "$f"; rm -f "$t.gz"; trap - EXIT; ${findNode}; ${run}`;
    return { command: shell(script, args), input };
  }
}

const folderOf = (hash: string): string => `\${XDG_CACHE_HOME:-$HOME/.cache}/churntop/${hash.slice(0, 16)}`;
