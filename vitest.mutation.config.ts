import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** The tests that judge a mutant of a room: its own, and recordings of upstream that exercise it and are quick. */
const testsOf: Record<string, readonly string[]> = {
  kube: ['kube/**/*', 'placement/vectors', 'apiserver/validation/vectors', 'controller/revision-data'],
  placement: ['placement/**/*'],
  scheduler: ['scheduler/**/*'],
  // Without the random clusters and the recorded roll-outs, which take long.
  controller: ['controller/!(properties|rollouts|one-model)', 'controller/*/*'],
  // Without the tests on a sandbox in this process: they wait for servers and clocks.
  rollout: ['rollout/!(on-the-sandbox)'],
}

const room = process.env.MUTATED_ROOM ?? ''

/** How `scripts/mutate.mjs` runs the tests of the room that MUTATED_ROOM names. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      include: (testsOf[room] ?? []).map((tests) => `test/${tests}.test.ts`),
      // One worker a mutant instead of one a file: half the time.
      isolate: false,
      // A mutant that waits for what never comes is to fail its test soon.
      testTimeout: 10_000,
    },
  }),
)
