import { refusingSpec } from '../refusing-spec.ts'

export const resumeSpec = refusingSpec('resume', {
  summary: 'Say how to let a roll-out go on that kubectl cannot resume',
  instead: 'with the update strategy RollingUpdate the controller goes on by itself.',
  load: async () => (await import('../../bundles/live.ts')).resumeCommand,
})
