/** In place of meow in the program that is sent to guests: reads `--name` and `--name=value`, as a viewer sends them. */
export default ({
  argv,
  flags,
}: {
  argv: readonly string[];
  flags: Readonly<Record<string, { type: string; isMultiple?: boolean }>>;
}) => {
  const values: Record<string, unknown> = {};
  for (const argument of argv) {
    const [, no, name = '', value] = /^--(no-)?([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    const key = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    const read = value ?? no === undefined;
    values[key] = flags[key]?.isMultiple ? [values[key] ?? [], read].flat() : read;
  }
  return { input: [], flags: values };
};
