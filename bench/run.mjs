// Whole-process times and peak memory of kds beside kubectl and other named peers, in turns (A B A B …), as medians of one run.
//   npm run bench [-- --runs 7] [--only plan] [--node26 PATH] [--node20 PATH] [--single PATH] [--base DIR] [--scale 0.1] [--write]
// --base is a folder with an older build of kds, as 0.1.0; --scale makes clusters smaller, to try the benchmark itself; --write puts
// the table into docs/speed.md.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { decisions } from './deciding.mjs'
import { following } from './following.mjs'
import { live } from './live.mjs'
import { kubectl, missing, root, rows, values } from './measure.mjs'
import { dumps, large, starts } from './offline.mjs'

const started = new Date().toISOString().slice(0, 10)
const machine = `${cpus().length} cores (${cpus()[0]?.model}); ${kubectl || 'no kubectl'}`
console.log(`${machine}; medians of ${values.runs} runs, of fewer where they are long\n`)

for (const part of [starts, dumps, decisions, large, live, following])
  try {
    await part()
  } catch (error) {
    // The rest is worth having, and what is missing is told.
    missing.push(`${part.name}: ${error.message.split('\n')[0]}`)
    process.exitCode = 1
  }

missing.push('simulations and the sandbox itself: see the other scripts of bench/')
for (const text of missing) console.log(`not compared: ${text}`)
const head = ['work', 'kds on', 'time', 'processor', 'memory', 'beside', 'ratio', 'budget', '']
const authorities = process.env.NODE_EXTRA_CA_CERTS
  ? '\nNODE_EXTRA_CA_CERTS is set there, which costs each start of Node 20 some 40 ms, also of `node -e 0`.'
  : ''
const line = (cells) => `| ${cells.join(' | ')} |`
if (values.write)
  writeFileSync(
    join(root, 'docs/speed.md'),
    `# Speed

What \`npm run bench -- --write\` measured on ${started}: whole processes, from start to end, in turns with a peer in one run, medians
of ${values.runs}, of long ones of three or five. ${machine}. Ratios are of times in that run: they hold on other machines, milliseconds
do not. Live lists are from a server on loopback that replays what a sandbox said, gzipped as a real server does; histories are
from a sandbox, over TLS. The older build is 0.1.0. A plan live compares with kubectl's two lists, which only print; a row that
says missed is work to do.${authorities}

${[head, head.map(() => '---'), ...rows].map(line).join('\n')}

Not compared:

${missing.map((text) => `- ${text.replaceAll(root, '.')}`).join('\n')}

How long lists are read: [Decisions](architecture.md#decisions).
`,
  )
