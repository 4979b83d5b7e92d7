import type { TopicSpec } from '#cli/topics/spec.ts'

export const filteringTopic: TopicSpec = {
  name: 'filtering',
  summary: 'Naming DaemonSets, selectors, picking parts of the output',
  parts: () => [
    'A DaemonSet is named as kubectl users write it. Several names may follow each other; naming one twice changes nothing.',
    {
      terms: [
        ['NAME', 'A bare name: kds knows no other type'],
        ['ds/NAME, daemonset/NAME, daemonset.apps/NAME', 'With its type, as kubectl prints it'],
        ['daemonset NAME...', 'The type once, then names'],
      ],
    },
    'Commands that take -l select by labels. Requirements are separated by commas, and all must hold:',
    {
      terms: [
        ['key=value, key==value', 'The label has this value'],
        ['key!=value', 'It has another value, or is not there'],
        ['key in (a,b), key notin (a,b)', 'One of these values, or none of these'],
        ['key, !key', 'The label is there, or is not'],
      ],
    },
    'From a manifest, every DaemonSet in the files of -f counts. Objects of other kinds in them are ignored.',
    'To pick from a result, take -o name or -o json. For instance, the nodes that would not run a DaemonSet, with the kind of reason:',
    `  kds plan -f daemonset.yaml --nodes nodes.yaml -o json |
    jq -r '.items[].nodes[] | select(.shouldRun | not) | [.name, .reasons[0].code] | @tsv'`,
    'One node, with every rule that held and failed: kds plan --node NAME.',
  ],
}
