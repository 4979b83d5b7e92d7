import { refusingCommand } from '../refusing.ts'

export const pauseCommand = refusingCommand('pause')
