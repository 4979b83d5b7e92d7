import { configureGlobal } from 'fast-check'

// A mutant must meet the cases that its predecessor met, or its fate is chance. That it fails is all there is to learn: no
// smaller case is looked for.
configureGlobal({
  seed: 1,
  endOnFailure: true,
  // Each case there is a whole roll-out.
  ...(process.env.MUTATED_ROOM === 'controller' && { numRuns: 40 }),
})
