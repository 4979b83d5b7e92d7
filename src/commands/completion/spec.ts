import { globalFlags } from '#cli/flags.ts'
import type { CommandSpec } from '#cli/spec.ts'

export const completionSpec: CommandSpec = {
  path: ['completion'],
  summary: 'Print the completion script of a shell',
  usage: 'kds completion (bash|zsh|fish|powershell)',
  description: `Print a script that teaches the shell to complete kds: commands, flags and their values, files, and from the
cluster the names of DaemonSets (bare and as ds/NAME), namespaces and nodes, contexts, clusters and users of the kubeconfig,
and revisions with their change cause.

Completion asks the cluster that the flags typed so far mean. It waits two seconds at most and stays silent when
nothing can be found. Where --nodes or --snapshot name files, node names come from these.

As a plugin of kubectl kds needs no script: kubectl finds kubectl_complete-kds beside kubectl-kds.`,
  examples: {
    'In ~/.bashrc': 'source <(kds completion bash)',
    'In ~/.zshrc, after compinit': 'source <(kds completion zsh)',
    'Once, for fish': 'kds completion fish > ~/.config/fish/completions/kds.fish',
    'In the file that $PROFILE of PowerShell names':
      'kds completion powershell | Out-String | Invoke-Expression',
  },
  args: [
    {
      name: 'shell',
      required: true,
      choices: ['bash', 'zsh', 'fish', 'powershell'],
      summary: 'bash (3.2 or newer), zsh, fish (3.1 or newer) or powershell',
    },
  ],
  flags: globalFlags,
  exitCodes: { 0: 'the script was printed', 1: 'there is no such shell' },
  load: async () => (await import('../bundles/kds.ts')).completionCommand,
}
