import { describe, expect, it } from 'vitest'
import { kds } from '../../helpers/run.ts'
import { expectRefusal, workspace } from './bad-input.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const raw = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/

describe('control characters never reach the terminal as they are', () => {
  const evil = '\u001b[31m\u0007\u009b2J\u0000\r'
  const nodes = {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: `one${evil}`,
          labels: { [`key${evil}`]: `value${evil}`, [`zone${evil}`]: `a${evil}` },
        },
        spec: { taints: [{ key: `taint${evil}`, value: `v${evil}`, effect: 'NoSchedule' }] },
        status: { allocatable: { cpu: `1${evil}`, memory: `1Gi${evil}` } },
      },
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: `two${evil}`, labels: { [`key${evil}`]: `other${evil}` } },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `pod${evil}`, namespace: 'default' },
        spec: { nodeName: `gone${evil}`, containers: [] },
      },
    ],
  }
  const daemonSet = (name: string, spec: object) => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: `${name}${evil}`, namespace: `space${evil}` },
    spec: {
      // What the selector says decides which pods are its own: an invalid one cannot be held against a snapshot.
      selector: { matchLabels: { app: 'a' } },
      template: {
        metadata: { labels: { app: 'a', [`app${evil}`]: `a${evil}` } },
        spec: { containers: [{ name: `c${evil}`, image: `i${evil}` }], ...spec },
      },
    },
  })
  const everywhere = daemonSet('everywhere', { tolerations: [{ operator: 'Exists' }] })
  const picky = daemonSet('picky', {
    nodeSelector: { [`key${evil}`]: `value${evil}` },
    nodeName: `one${evil}`,
    tolerations: [{ key: `tol${evil}`, operator: 'Exists' }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: `zone${evil}`, operator: 'In', values: [`b${evil}`] }] },
            { matchExpressions: [{ key: 'size', operator: 'Gt', values: [`x${evil}`] }] },
          ],
        },
      },
    },
  })
  const files = {
    'd.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [everywhere, picky] }),
    'n.json': JSON.stringify(nodes),
  }

  const forms: [string, string[]][] = [
    ['text', []],
    ['wide', ['-o', 'wide']],
    ['markdown', ['-o', 'markdown']],
    ['json', ['-o', 'json']],
    ['yaml', ['-o', 'yaml']],
    ['name', ['-o', 'name']],
    ['trace', ['--node', `one${evil}`]],
    ['changes', ['--snapshot', 'n.json']],
    ['changes, wide', ['--snapshot', 'n.json', '-o', 'wide']],
    ['changes, markdown', ['--snapshot', 'n.json', '-o', 'markdown']],
    ['changes, json', ['--snapshot', 'n.json', '-o', 'json']],
    ['comparison', ['--from', 'd.json']],
    ['an unknown node', ['--node', `none${evil}`]],
    ['a wrong file name', ['--nodes', `none${evil}`]],
    ['a wrong flag', [`--none${evil}`]],
    ['a wrong choice', ['-o', `none${evil}`]],
  ]

  it.each(forms)('%s', async (form, flags) => {
    const cwd = workspace(files)
    for (const run of [{ cwd }, { cwd, terminal: 80, env: { TERM: 'dumb' } }]) {
      const sources = flags.includes('--snapshot') ? [] : ['--nodes', 'n.json']
      const { out, err, exit } = await kds(['plan', '-f', 'd.json', '--force', ...sources, ...flags], run)
      expect(err).not.toContain('internal error')
      expect([exit, out === '']).toEqual(/unknown|wrong/.test(form) ? [1, true] : [0, false])
      expect(out).not.toMatch(raw)
      expect(err).not.toMatch(raw)
    }
  })

  it('a refusal without --force', async () => {
    const result = await kds(['plan', '-f', 'd.json', '--nodes', 'n.json'], { cwd: workspace(files) })
    expectRefusal(result, /metadata\.name: Invalid value: "everywhere\\x1b\[31m/)
    expect(result.err).not.toMatch(raw)
  })

  it('json keeps the characters in its values', async () => {
    const argv = ['plan', '-f', 'd.json', '--force', '--nodes', 'n.json', '-o', 'json']
    const { out } = await kds(argv, { cwd: workspace(files) })
    expect(JSON.parse(out).items[0].nodes[0].name).toBe(`one${evil}`)
  })

  it('markdown mentions nobody and refers to nothing', async () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: '@org/team #1' } }
    const cwd = workspace({ ...files, 'm.json': JSON.stringify(node) })
    const argv = ['plan', '-f', 'd.json', '--force', '--nodes', 'm.json', '-o', 'markdown']
    const { out } = await kds(argv, { cwd })
    expect(out).toContain('<code>@</code>org/team <code>#</code>1')
    // A backslash is gone when a forge looks for them; what is in code it leaves alone.
    expect(out.replaceAll(/<code>[@#]<\/code>/g, '')).not.toMatch(/@|(?<!^#*)#(?!#* )/m)
  })

  it.each(['simulate'])('rollout %s', async (verb) => {
    const cwd = workspace(files)
    for (const flags of [[], ['-o', 'json'], ['-o', 'yaml'], ['--max-unavailable', '1,2']]) {
      const argv = ['rollout', verb, '-f', 'd.json', '--force', '--snapshot', 'n.json', ...flags]
      const { out, err, exit } = await kds(argv, { cwd, terminal: 80, env: { TERM: 'dumb' } })
      expect({ exit, internal: err.includes('internal error') }).toEqual({ exit: 0, internal: false })
      expect(out).not.toMatch(raw)
      expect(err).not.toMatch(raw)
    }
  })
})
