/** Parses a JSON object; undefined for any other text. Its fields are not checked. */
export const parseJsonObject = <T extends object>(text: string): T | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
};
