import './bundles/common.ts'
import { main, type Outside } from '#cli/main.ts'
import { registry } from './registry.ts'

/** Runs one call of kds with all its commands. Answers the exit code; never throws, never exits. */
export const call = (argv: readonly string[], outside: Outside): Promise<number> =>
  main(argv, outside, registry)
