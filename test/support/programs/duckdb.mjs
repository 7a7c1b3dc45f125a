// `duckdb -c SQL` for recipes: the engine that npm brings, without the command line that it does not.
import { createRequire } from 'node:module';

const { DuckDBInstance } = createRequire(new URL('../../published/package.json', import.meta.url))(
  '@duckdb/node-api',
);
const connection = await (await DuckDBInstance.create()).connect();
const reader = await connection.runAndReadAll(process.argv[3]);
const text = (value) => (typeof value === 'bigint' ? String(value) : value);
for (const row of reader.getRowObjects()) console.log(JSON.stringify(row, (_key, value) => text(value)));
