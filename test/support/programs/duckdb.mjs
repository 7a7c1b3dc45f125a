// `duckdb -c SQL` for the recipes, because the npm package has no command line.
import { createRequire } from 'node:module';

const { DuckDBInstance } = createRequire(new URL('../../published/package.json', import.meta.url))(
  '@duckdb/node-api',
);
const connection = await (await DuckDBInstance.create()).connect();
const reader = await connection.runAndReadAll(process.argv[3]);
const text = (value) => (typeof value === 'bigint' ? String(value) : value);
for (const row of reader.getRowObjects()) console.log(JSON.stringify(row, (_key, value) => text(value)));
