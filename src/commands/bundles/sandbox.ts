// Commands about sandboxes; the simulated cluster itself is loaded where one starts.
import './commands.ts'

export { kubeconfigCommand } from '../sandbox/kubeconfig/kubeconfig.ts'
export { runCommand } from '../sandbox/run/run.ts'
export { startCommand } from '../sandbox/start/start.ts'
export { statusCommand } from '../sandbox/status/status.ts'
export { stopCommand } from '../sandbox/stop/stop.ts'
