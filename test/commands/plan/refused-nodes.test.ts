import { describe, it } from 'vitest'
import { kds } from '../../helpers/run.ts'
import { agent, expectRefusal, node, planOf, planOnText, workspace } from './bad-input.ts'

describe('nodes that cannot be planned on', () => {
  it('a node without a name', async () => {
    expectRefusal(
      await planOf('agent.yaml', 'node-without-name.yaml'),
      `
error: node-without-name.yaml:3:1: the Node has no name
  3 | metadata:
    | ^
hint: set metadata.name
`,
    )
  })

  it('label values that are no strings, from the top down', async () => {
    expectRefusal(
      await planOf('agent.yaml', 'node-labels.yaml'),
      /^error: node-labels\.yaml:6:10: metadata\.labels\.gpu .*\n.*\n.*\nhint: .*quotes.*\nerror: node-labels\.yaml:7:12: metadata\.labels\.slots .*\n.*\n.*\nhint: .*quotes.*\n$/,
    )
  })

  it.each([
    ['others.yaml', 'there is no Node in others.yaml; found: 2 Service, 1 ConfigMap'],
    ['agent.yaml', 'there is no Node in agent.yaml; found: 1 DaemonSet of apps/v1'],
  ])('no Node in %s', async (file, message) => {
    expectRefusal(
      await planOf('agent.yaml', file),
      `error: ${message}\nhint: write one with: kubectl get nodes -o yaml > nodes.yaml\n`,
    )
  })

  it.each([
    ['kind', 'apiVersion: v1\n', '--nodes', 'write one with: kubectl get nodes -o yaml > nodes.yaml'],
    ['apiVersion', 'kind: Node\n', '--nodes', 'write one with: kubectl get nodes -o yaml > nodes.yaml'],
    ['kind', 'a: b\n', '--snapshot', 'give what kubectl get -o yaml or kubectl cluster-info dump wrote'],
  ])('no %s in %j, given by %s', async (field, text, flag, hint) => {
    const cwd = workspace({ 'a.yaml': agent(), 'n.yaml': text })
    const result = await kds(['plan', '-f', 'a.yaml', flag, 'n.yaml'], { cwd })
    expectRefusal(
      result,
      `
error: n.yaml:1:1: the object has no \`${field}\`
  1 | ${text.trimEnd()}
    | ^
hint: ${hint}
`,
    )
  })

  it('nothing at all', async () => {
    expectRefusal(await planOnText(''), /^error: there is no Node in n\.yaml\nhint: /)
  })

  it('two different nodes of one name', async () => {
    expectRefusal(
      await planOnText(`${node}---\n${node.replace('worker', 'worker, labels: {a: b}')}`),
      `
error: n.yaml:7:18: the node worker is already defined at n.yaml:3:18, and differs
  7 | metadata: {name: worker, labels: {a: b}}
    |                  ^
hint: remove one of the two, or rename it
`,
    )
  })

  it.each(['truncated.json', 'tab.yaml', 'helm-template.yaml', 'syntax.yaml', 'lost-lines.yaml'])(
    '%s as nodes',
    async (file) => {
      expectRefusal(
        await planOf('agent.yaml', file),
        new RegExp(`^error: ${file.replace('.', '\\.')}:\\d+:\\d+: `),
      )
    },
  )
})
