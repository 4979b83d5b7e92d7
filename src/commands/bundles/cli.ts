// The shell, with all that it knows of commands.
import './shell.ts'

export { main } from '#cli/main.ts'
export { registry } from '../registry.ts'
