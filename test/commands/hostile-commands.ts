/*
 * The sweep: command lines of every command, with each of its formats. `hostile-words.test.ts` fails for a command or a format of
 * the registry that is not among them.
 */

const withFormats = (command: string, formats: string) =>
  ['', ...formats.split(' ').map((format) => ` -o ${format}`)].map((output) => command + output)

/** On files; in the folder are `texts.json` and `names.json`, with a DaemonSet each. */
export const offlineCommands: readonly string[] = [
  ...['texts.json', 'names.json'].flatMap((name) => {
    const plan = `kds plan -f ds-${name} --force --validate=ignore --snapshot ${name}`
    const simulate = `kds rollout simulate -f ds-${name} --force --validate=ignore --snapshot ${name} --at 2026-09-14T09:30:00Z`
    const lint = `kds lint -f ds-${name} --nodes ${name}`
    const whatIf = `kds what-if --add 2 --like virtual-kubelet-fargate --snapshot ${name}`
    const overhead = `kds overhead -L kubernetes.io/os --snapshot ${name}`
    return [
      ...withFormats(whatIf, 'wide json yaml'),
      `kds what-if --taint '-l !hostile=k:NoExecute' --snapshot ${name}`,
      ...withFormats(overhead, 'wide json yaml'),
      ...withFormats(`kds why virtual-kubelet-fargate --snapshot ${name}`, 'wide json yaml'),
      `kds why virtual-kubelet-fargate log-agent --snapshot ${name}`,
      ...withFormats(
        `kds why virtual-kubelet-fargate -f ds-${name} --force --validate=ignore --snapshot ${name}`,
        'json yaml',
      ),
      `${overhead} -f ds-${name} --force --validate=ignore`,
      ...withFormats(plan, 'wide json yaml name markdown html'),
      `kds plan -f ds-${name} --snapshot ${name}`,
      `${plan} --map -L kubernetes.io/os`,
      ...withFormats(`kds map -L kubernetes.io/os --snapshot ${name}`, 'json yaml'),
      ...withFormats(`kds diff -f ds-${name} --snapshot ${name}`, 'json yaml'),
      `kds plan -f ds-${name} --force --nodes ${name} --from ds-${name}`,
      `${plan} --explain virtual-kubelet-fargate`,
      ...withFormats(simulate, 'json yaml'),
      `${simulate} --max-unavailable 1,50%`,
      ...withFormats(lint, 'json yaml sarif github markdown'),
      `${lint} --fix --dry-run`,
      ...withFormats(`kds revisions -A --snapshot ${name}`, 'wide json yaml name'),
      ...withFormats(`kds describe --snapshot ${name} --at 2026-09-14T09:30:00Z`, 'json yaml'),
      ...withFormats(`kds pods -L zone --snapshot ${name} --at 2026-09-14T09:30:00Z`, 'wide json yaml name'),
      ...withFormats(`kds get --snapshot ${name}`, 'wide json yaml kyaml name'),
    ]
  }),
  'kds plan -f broken.yaml --nodes texts.json',
  'kds plan -f raw.yaml --nodes texts.json',
  'kds plan -f raw.yaml --nodes raw.yaml',
]

/** On a cluster; DS is a manifest. Names that are hostile, too, cannot be typed: all namespaces are asked. */
export function liveCommands(names: boolean): readonly string[] {
  const target = names ? 'log-agent' : 'ds/log-agent -n logging'
  const rollout = (command: string) =>
    names ? `kds rollout ${command} -A` : `kds rollout ${command} ${target}`
  return [
    ...withFormats(names ? 'kds get -A' : `kds get ${target}`, 'wide json yaml kyaml name'),
    ...withFormats('kds plan -f DS --force --validate=ignore', 'wide json yaml name markdown'),
    ...withFormats('kds map -A -L zone', 'json yaml'),
    ...withFormats("kds what-if --taint '-l !hostile=k:NoExecute'", 'wide json yaml'),
    ...withFormats('kds overhead', 'wide json yaml'),
    ...withFormats('kds why virtual-kubelet-fargate', 'wide json yaml'),
    ...withFormats(rollout('history'), 'wide json yaml name'),
    `${rollout('history')} --diff`,
    ...withFormats('kds revisions -A', 'wide json yaml name'),
    ...withFormats('kds describe -A', 'json yaml'),
    ...withFormats('kds pods -A -L zone', 'wide json yaml name'),
    `kds revisions ${names ? '-A' : 'log-agent -n logging --diff'}`,
    `${rollout('history')} --revision=2`,
    `${rollout('history')} -o jsonpath={.items[*].metadata.annotations}{.metadata.annotations}`,
    `${rollout('history')} -o jsonpath-as-json={.metadata}`,
    ...withFormats(`${rollout('status')} --watch=false`, 'json'),
    `${rollout('status')} --timeout=1s`,
    ...withFormats(`${rollout('restart')} --dry-run=client`, 'json yaml name'),
    ...withFormats(`${rollout('restart')} --dry-run=server`, 'json yaml name'),
    ...withFormats(`kds rollout undo ${target} --dry-run=client`, 'json yaml name'),
    ...withFormats(`kds rollout undo ${target} --dry-run=server`, 'json yaml name'),
    `kds rollout undo ${target} -y`,
    ...withFormats(`kds set image ${target} '*=x' --dry-run=client`, 'json yaml name'),
    ...withFormats(`kds set image ${target} '*=x' --dry-run=server --change-cause=y`, 'json yaml name'),
    ...withFormats('kds apply -f DS --validate=ignore --dry-run=client', 'json yaml name'),
    ...withFormats('kds apply -f DS --validate=ignore --dry-run=server', 'json yaml name'),
    'kds apply -f DS --validate=ignore --server-side --dry-run=server',
    ...withFormats('kds diff -f DS', 'json yaml'),
    ...withFormats('kds snapshot', 'json yaml'),
    'kds snapshot --redact',
    ...withFormats(`kds delete ${target} --dry-run=server`, 'name'),
    ...withFormats(`kds rollout pause ${target}`, 'json yaml name'),
    ...withFormats(`kds rollout resume ${target}`, 'json yaml name'),
    ...withFormats(`kds rollout waves ${target} --set-image *=a:2 --canary 1 --force --dry-run`, 'json'),
    ...withFormats(
      `kds rollout waves ${target} --set-image *=a:2 --bake 1s --progress-timeout 1s --gate 'exit 1' --force`,
      'json',
    ),
    ...withFormats(`kds rollout waves status ${target}`, 'json yaml'),
    ...withFormats(`kds rollout waves pause ${target}`, 'json'),
    ...withFormats(`kds rollout waves resume ${target}`, 'json'),
    ...withFormats(`kds rollout waves promote ${target}`, 'json'),
    ...withFormats(`kds rollout waves abort ${target}`, 'json'),
  ]
}

/** On a server whose own words are hostile. */
export const serverCommands: readonly string[] = [
  ...withFormats('kds version', 'json yaml'),
  'kds rollout history ds/a',
  'kds rollout status ds/a --watch=false -o json',
  'kds rollout undo ds/a -y',
  'kds rollout restart ds/a',
  'kds plan ds/a',
]

/** On what is on this machine; its folder for temporary files has a hostile name. */
export const ownCommands: readonly string[] = [
  ...withFormats('kds sandbox status', 'json yaml'),
  'kds sandbox start --nodes HOSTILE',
  'kds sandbox stop --all',
  'kds sandbox stop 1',
  'kds sandbox kubeconfig',
  'kds sandbox run -- /nowhere/HOSTILE',
  'kds completion HOSTILE',
]
