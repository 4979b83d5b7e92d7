/**
 * Measures the tests of a room: breaks its code in one place after the other and runs the tests that reach the place.
 *
 *     npm run mutate ROOM [FILE...]
 *
 * ROOM is kube, placement, scheduler, controller or rollout; FILEs are files of the room, or ranges of their lines
 * (src/placement/affinity.ts:40-80). The report is reports/mutation/ROOM.html; what was judged before and is untouched
 * since is not run again (reports/mutation/ROOM.json remembers; delete it to begin anew).
 */
import process from 'node:process'
import { Stryker } from '@stryker-mutator/core'

const rooms = ['kube', 'placement', 'scheduler', 'controller', 'rollout']
const [room, ...files] = process.argv.slice(2)
if (!rooms.includes(room)) {
  console.error(`usage: npm run mutate ROOM [FILE...], with ROOM one of ${rooms.join(', ')}`)
  process.exit(1)
}

process.env.MUTATED_ROOM = room
const folder = 'reports/mutation'

try {
  await new Stryker({
    mutate: files.length > 0 ? files : [`src/${room}/**/*.ts`],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'vitest.mutation.config.ts' },
    coverageAnalysis: 'perTest',
    // A table or an expression at the top of a file is code like any other, so its mutants count, although each of them
    // runs all tests of the room. No kind of mutation is excluded either: a changed message is a changed answer.
    ignoreStatic: false,
    // Endless loops are counted by Stryker itself, by how often a place is passed; the clock is for what escapes it.
    timeoutMS: 20_000,
    timeoutFactor: 3,
    concurrency: 1,
    incremental: true,
    incrementalFile: `${folder}/${room}.json`,
    reporters: ['progress-append-only', 'clear-text', 'html'],
    allowConsoleColors: process.stdout.isTTY === true,
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, allowEmojis: false },
    htmlReporter: { fileName: `${folder}/${room}.html` },
    thresholds: { high: 95, low: 90, break: files.length > 0 ? null : 90 },
    tempDirName: 'reports/mutation/.sandbox',
    cleanTempDir: 'always',
    // Without tsconfig.json: Stryker would rewrite its paths with an interface that TypeScript 7 has no more.
    ignorePatterns: [
      '/tsconfig.json',
      '/dist',
      '/out',
      '/.bun',
      '/.nodes',
      '/.bench',
      '/coverage',
      '/completions',
      '/man',
      '/docs',
    ],
  }).runMutationTest()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
