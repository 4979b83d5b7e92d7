import { defineConfig } from 'vitest/config'
import { pageForTests } from './scripts/page.mjs'

export default defineConfig({
  plugins: [pageForTests],
  test: {
    include: ['test/**/*.test.ts'],
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
