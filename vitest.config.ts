import { defineConfig } from 'vitest/config'
import { pageForTests } from './scripts/page.mjs'

/** Rooms whose tests change nothing that others see: their modules are loaded once for all of them. */
const pure = ['test/{apiserver,base,controller,kube,placement,planning,scheduler,views}/**/*.test.ts']

export default defineConfig({
  plugins: [pageForTests],
  test: {
    projects: [
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      { extends: true, test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: pure } },
    ],
    globalSetup: ['test/helpers/run-folder.ts'],
    setupFiles: ['test/helpers/remove-temporary-folders.ts'],
    reporters: ['default', './test/helpers/corpus-reporter.ts'],
    // Many tests wait for a server or a child process: more of them than cores run side by side.
    maxWorkers: 4,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { TZ: 'UTC' },
  },
})
