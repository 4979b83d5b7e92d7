import { describe, expect, it } from 'vitest'
import { connectionsOf } from '#commands/connections.ts'
import { registry } from '#commands/registry.ts'

it('commands that talk to a cluster, and no others, begin to connect to it', () => {
  const live = registry.commands.filter(({ flags }) => flags.some(({ name }) => name === 'kubeconfig'))
  const begun = registry.commands.filter(({ path }) => connectionsOf(path) > 0)
  // These ask a cluster seldom, or nothing but its version.
  const seldom = ['lint', 'rollout simulate', 'version']
  const named = (commands: typeof live) => commands.map(({ path }) => path.join(' '))
  expect([...named(begun), ...seldom].sort()).toEqual(named(live).sort())
})

describe('how many connections the words of a call ask for', () => {
  it.each<[string, string, number]>([
    ['a command', 'rollout history ds/a', 2],
    ['a command below another', 'rollout waves status', 1],
    ['flags before it', '-n x --context=y rollout history', 2],
    ['words that begin otherwise', 'lint get', 0],
    ['a group', 'rollout', 0],
    ['none', '', 0],
    ['flags alone', '--version', 0],
    ['help', 'help get', 0],
    ['help of a command', 'get --help=all', 0],
    ['its short form', 'plan -h', 0],
    ['nodes of a file', 'plan -f x --nodes=y', 0],
    ['a dump', 'get --snapshot y', 0],
    ['a file that is changed alone', 'set image -f x --local', 0],
    ["words that are another command's", 'apply -- --local', 1],
    ['what begins like it', 'get --nodesx', 1],
  ])('%s', (_, words, count) => {
    expect(connectionsOf(words.split(' '))).toBe(count)
  })
})
