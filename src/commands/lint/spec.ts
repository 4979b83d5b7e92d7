import { flag, formatFlag, rare, toggle } from '#cli/flags.ts'
import type { CommandSpec } from '#cli/spec.ts'
import { clusterFlags, fileFlags, manifestFlags } from '#commands/shared/inputs/flags.ts'
import { sharedFlags } from '#commands/shared/target-flags.ts'

export const lintSpec: CommandSpec = {
  path: ['lint'],
  summary: 'Find mistakes and risks in manifests, and fix them',
  usage: 'kds lint (-f FILE | -k DIR) [--nodes FILE | --snapshot FILE | --live] [flags]',
  description: `Find what is wrong or unwise in the manifest of a DaemonSet: what the API server would refuse, updates that never
end, selectors and tolerations that match nothing, pods that will not be admitted. Each finding tells the check, its place
with the line, why it matters, and what to do, as YAML to paste where there is something to paste. docs/lint.md tells every
check with an example.

No cluster is asked. Some checks need nodes: they take what --nodes or --snapshot gives, and --live asks the cluster of
the kubeconfig for its nodes. Other objects in the same files (PriorityClass, LimitRange, ResourceQuota,
PodDisruptionBudget) are taken into account and never linted themselves.

--fix fixes in the files what can be fixed safely: pods keep their nodes and do what they did. Comments and layout stay, and
so do permissions. A fixed template is a new revision: applying it rolls it out.

Severities: error is refused by the API server or never comes to an end, warning goes wrong one day, info is worth knowing.

A comment right above a line passes a check over: "# kds-lint-disable-next-line ID,ID reason". For more than a line there are
--disable, and the file .kds-lint.yaml, taken from the working directory or the nearest folder above it:
disable: [ID, ...], severity: {ID: info}, failOn: error.`,
  examples: {
    'What is wrong with it?': 'kds lint -f daemonset.yaml',
    'What would --fix write?': 'kds lint -f daemonset.yaml --fix --dry-run',
    'All of a folder, against the nodes of a cluster':
      'kubectl get nodes -o yaml | kds lint -R -f manifests/ --nodes -',
    'A Helm chart': 'helm template my-agent ./chart | kds lint -f -',
    'One check alone': 'kds lint -f daemonset.yaml --disable all --enable surge-hostport',
    'Findings on the lines of a pull request, in a GitHub workflow': 'kds lint -R -f manifests/ -o github',
    'Every check there is': 'kds lint --list-checks',
  },
  args: [],
  flags: [
    ...fileFlags,
    ...manifestFlags.filter(({ name }) => name === 'namespace'),
    ...clusterFlags.filter(({ name }) => name !== 'at'),
    toggle('live', 'Ask the cluster of the kubeconfig for its nodes'),
    formatFlag(
      ['json', 'yaml', 'sarif', 'github', 'markdown'],
      'Output format, instead of text. sarif is for code scanning, github annotates in a workflow, markdown comments on a pull request',
    ),
    toggle('fix', 'Fix what can be fixed safely: show the difference, ask on a terminal, then write'),
    ...rare(toggle('dry-run', 'With --fix: show the difference and write nothing')),
    ...rare(toggle('yes', 'With --fix: do not ask', 'y')),
    flag('disable', 'ID', 'Checks to leave out, by their ids; all leaves out every one', {
      repeatable: true,
      commaSeparated: true,
      suggests: ['all'],
    }),
    flag('enable', 'ID', 'Checks to run even where --disable or the configuration leaves them out', {
      group: 'rare',
      repeatable: true,
      commaSeparated: true,
    }),
    flag('config', 'FILE', 'Configuration to use, instead of the nearest .kds-lint.yaml', {
      group: 'rare',
      completes: 'file',
    }),
    flag('fail-on', 'LEVEL', 'Exit with 1 for findings of this severity and worse (default "warning")', {
      choices: ['error', 'warning', 'info', 'never'],
    }),
    toggle('list-checks', 'List every check with its severity and why it matters'),
    ...sharedFlags,
  ],
  exitCodes: {
    0: 'nothing was found, or only what is less than --fail-on',
    1: 'there are findings; or wrong usage or unreadable input',
    130: 'interrupted',
  },
  load: async () => (await import('../bundles/lint.ts')).lintCommand,
}
