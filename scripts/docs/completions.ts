/** Shell completions, generated from the tables in the code. */
import { type Command, type CommandName, commands } from '../../src/cli/args/commands.ts';
import type { Flag } from '../../src/cli/args/flag-type.ts';
import { flagsFor } from '../../src/cli/args/read-flags.ts';

const allCommands = Object.entries(commands) as [CommandName, Command][];
const words = allCommands.flatMap(([, { subcommand, help }]) =>
  subcommand === undefined ? [] : [{ word: subcommand, help }],
);
const subcommands = words.map(({ word }) => word);
const allFlags = flagsFor();

/** Returns the kind of completion for the value of a flag. */
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
const takesFiles = allCommands.flatMap(([, { subcommand, operand }]) =>
  subcommand && operand ? [subcommand] : [],
);
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const bashPaths = (kind: 'f' | 'd'): string =>
  `compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -${kind} -- "$cur")`;
/** Returns bash code that completes from a list of words. No word may contain a quote. */
const bashWords = (offered: readonly string[]): string =>
  `COMPREPLY=($(compgen -W '${offered.join(' ')}' -- "$cur"))`;

export const bash = (): string => `# bash completion for churntop
_churntop() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command='' word attached=''
  # bash splits --to=p at the equals sign, unless COMP_WORDBREAKS was changed.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  elif [[ $cur == --*=* ]]; then
    attached=\${cur%%=*}= prev=\${cur%%=*} cur=\${cur#*=}
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${subcommands.join('|')}) command=$word; break ;; esac
  done
  COMPREPLY=()
  _churntop_words
  COMPREPLY=("\${COMPREPLY[@]/#/$attached}")
}
# Completes cur after prev.
_churntop_words() {
  case $prev in
${allFlags
  .filter((flag) => kindOf(flag) === 'choice')
  .map((flag) => `    ${typed(flag).join('|')}) ${bashWords(flag.choices ?? [])}; return ;;`)
  .join('\n')}
    ${patternOf('file')}) ${bashPaths('f')}; return ;;
    ${patternOf('folder')}) ${bashPaths('d')}; return ;;
    ${patternOf('other')}) return ;;
  esac
  if [[ $cur == -* ]]; then
    case $command in
${allCommands
  .map(
    ([name, { subcommand = "''" }]) => `      ${subcommand}) ${bashWords(flagsFor(name).flatMap(typed))} ;;`,
  )
  .join('\n')}
    esac
    return
  fi
  case $command in
    '') ${bashWords(subcommands)} ;;
    ${takesFiles.join('|')}) ${bashPaths('f')} ;;
  esac
}
complete -F _churntop churntop
`;

/** Escapes colons and brackets, which are special in the specs of _arguments. */
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
  // `--to=` accepts its value after an equals sign or a space, `-i+` with or without a space.
  const [afterShort, afterLong] = flag.value === undefined ? ['', ''] : ['+', '='];
  return second === undefined
    ? quoted(`${first}${afterLong}${spec}`)
    : `${quoted(`(${first} ${second})`)}{${first}${afterShort},${second}${afterLong}}${quoted(spec)}`;
};

/** Returns the call of _arguments up to the operands. */
const zshArguments = (command: CommandName): string =>
  ['    _arguments \\', ...flagsFor(command).map((flag) => `      ${zshSpec(flag)} \\`)].join('\n');

export const zsh = (): string => `#compdef churntop
local -a commands
local command word
commands=(
${words.map(({ word, help }) => `  ${quoted(`${word}:${help}`)}`).join('\n')}
)
for word in \${words[2,CURRENT-1]}; do
  case $word in
    (${subcommands.join('|')}) command=$word; break ;;
  esac
done
case $command in
${allCommands
  .filter(([, { subcommand }]) => subcommand !== undefined)
  .map(
    ([name, { subcommand, operand, variadic }]) => `  (${subcommand})
${zshArguments(name)}
      '1: :(${subcommand})'${operand ? ` '${variadic ? '*' : '2'}:${zshText(operand)}:_files'` : ''}
    ;;`,
  )
  .join('\n')}
  (*)
${zshArguments('watch')}
      '1:command:{_describe command commands}'
    ;;
esac
`;

const fishCondition = (of: readonly CommandName[] | undefined): string => {
  if (of === undefined) return '';
  const seen = of.flatMap((name) => (commands[name] as Command).subcommand ?? []);
  const known = subcommands.join(' ');
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
