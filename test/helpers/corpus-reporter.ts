import type { Reporter, TestModule } from 'vitest/node'

/** Counts at the end of a run the cases that were skipped for want of the corpus; says nothing when all ran. */
export default class CorpusReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = new Map<string, number>()
    for (const module of modules)
      for (const test of module.children.allTests('skipped')) {
        const reason = /\(SKIPPED: (\S+ is absent)\)/.exec(test.fullName)?.[1]
        if (reason) skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
      }
    for (const [reason, count] of skipped)
      process.stdout.write(`corpus: ${count} case${count === 1 ? '' : 's'} skipped: ${reason}\n`)
  }
}
