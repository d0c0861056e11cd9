// Runs forms.sql and match.sql on two files and prints one line of JSON: seconds in all and by stage,
// processor time, memory, outcomes.
//   node match.mjs RESIDENTS ROSTER RESULT WORKING_FOLDER THREADS MEMORY
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { DuckDBInstance, version } from "@duckdb/node-api";

const [residents, roster, result, workingFolder, threads, memory] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

// Statements end with a semicolon at the end of a line; a comment "stage: x" goes with what follows.
function statementsOf(file) {
  let stage = "forms";
  return readFileSync(join(here, file), "utf8").split(/;\n/).map((text) => {
    stage = /-- stage: (\w+)/.exec(text)?.[1] ?? stage;
    return { stage, sql: text.replace(/^\s*--.*$/gm, "").trim() };
  }).filter(({ sql }) => sql !== "");
}

function withPaths(sql) {
  const paths = { $residents: residents, $roster: roster, $result: result };
  return sql.replace(/\$(residents|roster|result)\b/g, (name) => quoted(paths[name]));
}

async function outcomesOf(connection) {
  const reader = await connection.runAndReadAll(
    `SELECT outcome, count(*) FROM read_csv(${quoted(result)}, header = true, all_varchar = true)
     GROUP BY outcome ORDER BY outcome`,
  );
  return Object.fromEntries(reader.getRows().map(([outcome, count]) => [outcome, Number(count)]));
}

async function run() {
  const temporary = join(workingFolder, "duckdb-temporary");
  mkdirSync(temporary, { recursive: true });
  const stages = {};
  const started = performance.now();
  const instance = await DuckDBInstance.create(":memory:", {
    threads,
    memory_limit: memory,
    temp_directory: temporary,
  });
  const connection = await instance.connect();
  for (const { stage, sql } of [...statementsOf("forms.sql"), ...statementsOf("match.sql")]) {
    const began = performance.now();
    await connection.run(withPaths(sql));
    stages[stage] = (stages[stage] ?? 0) + (performance.now() - began) / 1000;
  }
  const seconds = (performance.now() - started) / 1000;
  const used = process.resourceUsage();
  const outcomes = await outcomesOf(connection);
  connection.closeSync();
  rmSync(temporary, { recursive: true, force: true });
  console.log(JSON.stringify({
    version: version(),
    seconds,
    cpu_seconds: (used.userCPUTime + used.systemCPUTime) / 1e6,
    memory_peak_kb: used.maxRSS,
    stages,
    outcomes,
  }));
}

await run();
