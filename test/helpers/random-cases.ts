/**
 * How often a property is tried: always the same few cases; as many new ones as FUZZ_RUNS says where it is set. FUZZ_SEED
 * repeats a run that failed. A mutant must meet the cases that its predecessor met, or its fate is chance; that it fails is all
 * there is to learn, so no smaller case is looked for, and of the controller's, each a whole roll-out, forty are enough.
 */
export function runs(few: number): { numRuns: number; seed?: number; endOnFailure?: boolean } {
  const { FUZZ_RUNS, FUZZ_SEED, MUTATED_ROOM } = process.env
  if (MUTATED_ROOM)
    return { numRuns: MUTATED_ROOM === 'controller' ? Math.min(few, 40) : few, seed: 1, endOnFailure: true }
  if (!FUZZ_RUNS) return { numRuns: few, seed: 1 }
  return { numRuns: Number(FUZZ_RUNS), ...(FUZZ_SEED && { seed: Number(FUZZ_SEED) }) }
}

/** For a long run: milliseconds that a test of {@link runs} may take. */
export const longest = process.env.FUZZ_RUNS ? 3_600_000 : 120_000
