/** Completions for the shells, drawn from the tables of the code. */
import { type Command, commands } from '../../src/cli/commands.ts';
import { type Flag, flags } from '../../src/cli/flags.ts';

const allCommands = Object.entries<Command>(commands);
const words = allCommands.flatMap(([, { word, help }]) => (word === undefined ? [] : [{ word, help }]));
const allFlags = Object.values<Flag>(flags);

const flagsOf = (command: string): Flag[] =>
  allFlags.filter(({ commands: of }) => of === undefined || of.some((name) => name === command));

/** What a value is, as far as a shell can help. */
const kindOf = ({ value, choices }: Flag): 'switch' | 'choice' | 'file' | 'folder' | 'other' => {
  if (value === undefined) return 'switch';
  if (choices) return 'choice';
  return value === 'FILE' ? 'file' : value === 'DIR' ? 'folder' : 'other';
};

const typed = ({ name, short }: Flag): string[] => (short ? [`-${short}`, `--${name}`] : [`--${name}`]);
const patternOf = (kind: ReturnType<typeof kindOf>): string =>
  allFlags
    .filter((flag) => kindOf(flag) === kind)
    .flatMap(typed)
    .join('|');
const takesFiles = allCommands.flatMap(([, { word, operand }]) => (word && operand ? [word] : []));
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export const bash = (): string => `# bash completion for churntop
_churntop() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${words.map(({ word }) => word).join('|')}) command=$word; break ;; esac
  done
  COMPREPLY=()
  case $prev in
${allFlags
  .filter((flag) => kindOf(flag) === 'choice')
  .map(
    (flag) =>
      `    ${typed(flag).join('|')}) COMPREPLY=($(compgen -W '${flag.choices?.join(' ')}' -- "$cur")); return ;;`,
  )
  .join('\n')}
    ${patternOf('file')}) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    ${patternOf('folder')}) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    ${patternOf('other')}) return ;;
  esac
  if [[ $cur == -* ]]; then
    case $command in
${allCommands
  .map(
    ([name, { word = "''" }]) =>
      `      ${word}) COMPREPLY=($(compgen -W '${flagsOf(name).flatMap(typed).join(' ')}' -- "$cur")) ;;`,
  )
  .join('\n')}
    esac
    return
  fi
  case $command in
    '') COMPREPLY=($(compgen -W '${words.map(({ word }) => word).join(' ')}' -- "$cur")) ;;
    ${takesFiles.join('|')}) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
  esac
}
complete -F _churntop churntop
`;

/** Colons and brackets have a meaning in the specs of _arguments. */
const zshText = (text: string): string => text.replaceAll(/[\\:[\]]/g, '\\$&');

const zshAction = (flag: Flag): string => {
  const label = zshText(flag.value ?? '');
  const actions = {
    switch: '',
    choice: `:${label}:(${flag.choices?.join(' ')})`,
    file: `:${label}:_files`,
    folder: `:${label}:_files -/`,
    other: `:${label}: `,
  };
  return actions[kindOf(flag)];
};

const zshSpec = (flag: Flag): string => {
  const spec = `[${zshText(flag.help)}]${zshAction(flag)}`;
  const [first = '', second] = typed(flag);
  return second === undefined
    ? quoted(`${first}${spec}`)
    : `${quoted(`(${first} ${second})`)}{${first},${second}}${quoted(spec)}`;
};

export const zsh = (): string => `#compdef churntop
local -a commands
local command word
commands=(
${words.map(({ word, help }) => `  ${quoted(`${word}:${help}`)}`).join('\n')}
)
for word in \${words[2,CURRENT-1]}; do
  case $word in
    (${words.map(({ word }) => word).join('|')}) command=$word; break ;;
  esac
done
case $command in
${allCommands
  .filter(([, { word }]) => word !== undefined)
  .map(
    ([name, { word, operand, many }]) => `  (${word})
    _arguments \\
${flagsOf(name)
  .map((flag) => `      ${zshSpec(flag)} \\`)
  .join('\n')}
      '1: :(${word})'${operand ? ` '${many ? '*' : '2'}:${zshText(operand)}:_files'` : ''}
    ;;`,
  )
  .join('\n')}
  (*)
    _arguments \\
${flagsOf('watch')
  .map((flag) => `      ${zshSpec(flag)} \\`)
  .join('\n')}
      '1:command:{_describe command commands}'
    ;;
esac
`;

const fishCondition = (of: readonly string[] | undefined): string => {
  if (of === undefined) return '';
  const seen = of.flatMap((name) => (commands as Record<string, Command>)[name]?.word ?? []);
  const known = words.map(({ word }) => word).join(' ');
  const alone = of.includes('watch') ? [`not __fish_seen_subcommand_from ${known}`] : [];
  const after = seen.length > 0 ? [`__fish_seen_subcommand_from ${seen.join(' ')}`] : [];
  return ` -n ${quoted([...alone, ...after].join('; or '))}`;
};

const fishValue = (flag: Flag): string => {
  const values = {
    switch: '',
    choice: ` -x -a ${quoted(flag.choices?.join(' ') ?? '')}`,
    file: ' -r -F',
    folder: ` -x -a '(__fish_complete_directories)'`,
    other: ' -x',
  };
  return values[kindOf(flag)];
};

export const fish = (): string => `# fish completion for churntop
complete -c churntop -f
complete -c churntop -n '__fish_seen_subcommand_from ${takesFiles.join(' ')}' -F
${words
  .map(({ word, help }) => `complete -c churntop -n __fish_use_subcommand -a ${word} -d ${quoted(help)}`)
  .join('\n')}
${allFlags
  .map(
    (flag) =>
      `complete -c churntop${fishCondition(flag.commands)}${flag.short ? ` -s ${flag.short}` : ''} -l ${flag.name}${fishValue(flag)} -d ${quoted(flag.help)}`,
  )
  .join('\n')}
`;
