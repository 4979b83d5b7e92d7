import { refusingCommand } from '../refusing.ts'

export const resumeCommand = refusingCommand('resume')
