import { describe, expect, it } from 'vitest'
import type { Candidate } from '#cli/completion/candidate.ts'
import { complete } from '#cli/completion/complete.ts'
import { protocolText } from '#cli/completion/protocol.ts'
import type { NamedKind, NamesOf } from '#cli/completion/sources.ts'
import { targetNames } from '#cli/completion/targets.ts'
import type { CommandSpec } from '#cli/spec.ts'
import { registry } from '#commands/registry.ts'

const present: Readonly<Record<Exclude<NamedKind, 'revision'>, readonly string[]>> = {
  daemonset: ['agent', 'agent-edge', 'agent', 'proxy'],
  namespace: ['default', 'kube-system'],
  node: ['node-1', 'node-2'],
  context: ['arn:aws:eks:eu:1:cluster/prod', 'kind-dev'],
  cluster: ['prod'],
  user: ['admin'],
}
const names: NamesOf = async (kind, { args }) =>
  kind === 'revision'
    ? [
        { value: '12', description: `roll back ${targetNames(args)[0] ?? 'the only one'}` },
        { value: '9', description: 'first' },
      ]
    : present[kind].map((value): Candidate => ({ value }))
const { commands } = registry
const tree = registry
const unasked = () => {
  throw new Error('a source was asked')
}

async function values(words: readonly string[], ask: NamesOf = names): Promise<string[]> {
  return (await complete(words, tree, ask)).candidates.map(({ value }) => value)
}

describe('words', () => {
  it('the commands and groups of the root, and help', async () => {
    expect(await values([''], unasked)).toEqual(
      expect.arrayContaining(['plan', 'rollout', 'completion', 'help']),
    )
  })
  it('a word begun', async () => expect(await values(['pl'], unasked)).toEqual(['plan']))
  it('the commands of a group', async () => {
    expect(await values(['rollout', ''], unasked)).toEqual(
      commands.filter(({ path }) => path[0] === 'rollout' && path.length === 2).map(({ path }) => path[1]),
    )
  })
  it('the commands below a command, beside its own arguments', async () => {
    expect(await values(['rollout', 'waves', ''])).toEqual([
      'status',
      'pause',
      'resume',
      'promote',
      'abort',
      'agent',
      'agent-edge',
      'proxy',
    ])
    expect(await values(['rollout', 'waves', 'p'])).toEqual(['pause', 'promote', 'proxy'])
    expect(await values(['rollout', 'waves', 'ds/agent', 'p'])).toEqual(['proxy'])
    expect(await values(['rollout', 'waves', 'pause', 'p'])).toEqual(['proxy'])
  })
  it('nothing below a word that is none', async () => expect(await values(['nope', ''], unasked)).toEqual([]))
  it('topics and commands after help', async () => {
    expect(await values(['help', ''], unasked)).toEqual(expect.arrayContaining(['plan', 'exit-codes']))
  })
  it('commands of a group after help', async () => {
    expect(await values(['help', 'rollout', 's'], unasked)).toContain('simulate')
  })
  it('flags of the root', async () => expect(await values(['--'], unasked)).toEqual(['--help', '--version']))
})

describe('flags', () => {
  it('long ones, each once', async () => {
    const found = await values(['plan', '--'], unasked)
    expect(found).toEqual(expect.arrayContaining(['--filename', '--nodes', '--output', '--context']))
    expect(new Set(found).size).toBe(found.length)
  })
  it('those in everyday use first, and before a letter is typed no others', async () => {
    const found = await values(['plan', '--'], unasked)
    expect(found[0]).toBe('--filename')
    expect(found.length).toBeLessThan(24)
    expect(found).not.toContain('--color')
    expect(await values(['plan', '--c'], unasked)).toEqual([
      '--comparison-operators',
      '--color',
      '--context',
      '--cluster',
      '--certificate-authority',
      '--client-certificate',
      '--client-key',
      '--cache-dir',
    ])
  })
  it('short ones for a single dash', async () => expect(await values(['plan', '-'], unasked)).toContain('-f'))
  it('one that was given is not offered again', async () => {
    expect(await values(['plan', '-o', 'json', '--out'], unasked)).toEqual([])
  })
  it('one that may be repeated is', async () => {
    expect(await values(['plan', '-f', 'a.yaml', '--filen'], unasked)).toEqual(['--filename'])
  })
  it('one with an optional value, with its values', async () => {
    expect(await values(['rollout', 'undo', '--dry'], unasked)).toEqual(['--dry-run'])
    expect(await values(['rollout', 'undo', '--dry-run'], unasked)).toEqual([
      '--dry-run',
      '--dry-run=none',
      '--dry-run=client',
      '--dry-run=server',
    ])
  })
  it('none after --', async () => expect(await values(['rollout', 'status', '--', '--'])).toEqual([]))
})

describe('values', () => {
  it.each([
    ['after a short flag', ['plan', '-o', '']],
    ['after a long flag', ['plan', '--output', '']],
    ['behind an equals sign', ['plan', '--output=']],
    ['behind a short flag and an equals sign', ['plan', '-o=']],
    ['after a cluster of short flags', ['plan', '-Ro', '']],
  ])('of -o %s', async (_, words) => {
    expect(await values(words, unasked)).toEqual(['wide', 'json', 'yaml', 'name', 'markdown', 'html'])
  })
  it('of --color', async () =>
    expect(await values(['plan', '--color', 'a'], unasked)).toEqual(['auto', 'always']))
  it('of a boolean behind an equals sign', async () => {
    expect(await values(['plan', '--recursive='], unasked)).toEqual(['true', 'false'])
  })
  it.each([
    ['files for -f', ['plan', '-f', ''], 'files'],
    ['files for --nodes=', ['plan', '--nodes=ex'], 'files'],
    ['folders for -k', ['plan', '-k', ''], 'folders'],
    ['nothing for a number', ['rollout', 'simulate', '--seed', ''], 'nothing'],
  ])('%s', async (_, words, fallback) => {
    expect(await complete(words, tree, unasked)).toEqual({ candidates: [], fallback })
  })
  it.each([
    ['namespaces', ['rollout', 'status', '-n', 'k'], ['kube-system']],
    ['contexts', ['rollout', 'status', '--context', 'arn:aws:'], ['arn:aws:eks:eu:1:cluster/prod']],
    ['clusters', ['rollout', 'status', '--cluster='], ['prod']],
    ['users', ['rollout', 'status', '--user', ''], ['admin']],
    ['nodes', ['plan', '--node', ''], ['node-1', 'node-2']],
    ['nodes, those given left out', ['plan', '--node', 'node-1', '--node', ''], ['node-2']],
    [
      'the first part of NODE=HOW',
      ['rollout', 'simulate', '--fail', 'node-1=image,n'],
      ['node-1=image,node-1=', 'node-1=image,node-2='],
    ],
    ['revisions, in their order', ['rollout', 'undo', 'ds/agent', '--to-revision', ''], ['12', '9']],
    ['revisions of --revision=', ['rollout', 'history', 'agent', '--revision='], ['12', '9']],
    ['revisions of --diff', ['rollout', 'history', 'agent', '--diff='], ['12', '9']],
    ['the second revision of --diff', ['rollout', 'history', 'agent', '--diff=9..1'], ['9..12']],
  ])('%s', async (_, words, found) => {
    expect(await values(words)).toEqual(found)
  })
  it('revisions tell the change cause', async () => {
    const { candidates } = await complete(['rollout', 'undo', 'ds/agent', '--to-revision', '1'], tree, names)
    expect(candidates).toEqual([{ value: '12', description: 'roll back agent' }])
  })
})

describe('DaemonSets', () => {
  it.each([
    ['bare', [''], ['agent', 'agent-edge', 'proxy']],
    ['begun', ['agent-'], ['agent-edge']],
    ['with ds/', ['ds/'], ['ds/agent', 'ds/agent-edge', 'ds/proxy']],
    ['with daemonset.apps/', ['daemonset.apps/p'], ['daemonset.apps/proxy']],
    ['after the type', ['daemonset', 'p'], ['proxy']],
    ['several', ['agent', ''], ['agent-edge', 'proxy']],
    ['several, in both forms', ['ds/agent', ''], ['agent-edge', 'proxy']],
    ['several, after the type', ['ds', 'agent', 'proxy', ''], ['agent-edge']],
    ['of another type', ['deployment/'], []],
    ['the type itself', ['daem'], ['daemonset/']],
    ['after --', ['--', 'p'], ['proxy']],
    ['between flags', ['-w=false', 'p'], ['proxy']],
  ])('%s', async (_, words, found) => {
    expect(await values(['rollout', 'status', ...words])).toEqual(found)
  })
  it('the type is followed by no space', async () => {
    expect(await complete(['rollout', 'status', 'ds'], tree, names)).toMatchObject({ open: true })
  })
})

describe('protocol', () => {
  it('has a candidate a line and the directive last', () => {
    const candidates = [{ value: 'a', description: 'first' }, { value: 'b' }]
    expect(protocolText({ candidates, fallback: 'nothing' })).toBe('a\tfirst\nb\n:36\n')
  })
  it('shows what a cluster says as one harmless line', () => {
    const candidates = [{ value: '3', description: 'fix\n\u001b[31mred\ttab' }]
    expect(protocolText({ candidates, fallback: 'nothing' })).toBe('3\tfix\\n\\x1b[31mred\\ttab\n:4\n')
  })
  it.each([
    ['files', ':0\n'],
    ['folders', ':16\n'],
    ['nothing', ':4\n'],
  ] as const)('without candidates: %s', (fallback, text) => {
    expect(protocolText({ candidates: [], fallback })).toBe(text)
  })
})

describe('every flag and argument of every command', () => {
  const everything = commands.flatMap((command: CommandSpec) =>
    command.flags.map(
      (flag) => [`kds ${command.path.join(' ')} --${flag.name}=`, command.path, flag.name] as const,
    ),
  )
  it.each(everything)('%s is completed without a failure', async (_, path, name) => {
    const found = await values([...path, `--${name}=`])
    expect(new Set(found).size).toBe(found.length)
  })
})
