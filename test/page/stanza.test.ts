import { describe, expect, it } from 'vitest'
import { stanzaOf, withStanza, withToleration } from '#page/stanza.ts'

const spot = { key: 'spot', operator: 'Exists' }
const daemonSet = (spec: object) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'a' },
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
    },
  },
})

describe('a toleration more', () => {
  it.each([
    ['to nothing', '', 'tolerations:\n- key: spot\n  operator: Exists\n'],
    [
      'without a last newline',
      'nodeSelector: {a: b}',
      'nodeSelector: {a: b}\ntolerations:\n- key: spot\n  operator: Exists\n',
    ],
    [
      'to a list',
      'tolerations:\n- key: a\n  operator: Exists\n',
      'tolerations:\n- key: spot\n  operator: Exists\n- key: a\n  operator: Exists\n',
    ],
    [
      'to an indented list with comments',
      '# one\ntolerations: # two\n\n  # three\n  - key: a\n    operator: Exists\nnodeSelector: {a: b}\n',
      '# one\ntolerations: # two\n\n  # three\n  - key: spot\n    operator: Exists\n  - key: a\n    operator: Exists\nnodeSelector: {a: b}\n',
    ],
    [
      'to a list in brackets',
      'tolerations: [{operator: Exists, key: a}]\n',
      'tolerations:\n- key: a\n  operator: Exists\n- key: spot\n  operator: Exists\n',
    ],
    ['to an empty list', 'tolerations: []\n', 'tolerations:\n- key: spot\n  operator: Exists\n'],
    ['to a null', 'tolerations:\n', 'tolerations:\n- key: spot\n  operator: Exists\n'],
    [
      'to an object in braces',
      '{nodeSelector: {a: b}}',
      'nodeSelector:\n  a: b\ntolerations:\n- key: spot\n  operator: Exists\n',
    ],
  ])('%s', async (_, text, expected) => {
    const found = await withToleration(text, spot)
    expect(found).toBe(expected)
    expect(await withStanza(daemonSet({}), found)).toHaveProperty('daemonSet')
  })
})

describe('the stanza of a DaemonSet', () => {
  it('is what decides where its pods go, and nothing else', () => {
    const stanza = stanzaOf(daemonSet({ hostNetwork: true, nodeSelector: { a: 'b' }, tolerations: [spot] }))
    expect(stanza).toBe('nodeSelector:\n  a: b\ntolerations:\n- key: spot\n  operator: Exists\n')
    expect(stanzaOf(daemonSet({}))).toBe('')
  })

  it('put back gives the same DaemonSet, and an empty one takes its fields away', async () => {
    const given = daemonSet({ nodeSelector: { a: 'b' }, tolerations: [spot] })
    expect(await withStanza(given, stanzaOf(given))).toEqual({ daemonSet: given })
    expect(await withStanza(given, '# nothing\n')).toEqual({ daemonSet: daemonSet({}) })
  })

  it('an error that the manifest had before is no complaint about the edit', async () => {
    const given = daemonSet({ restartPolicy: 'Never' })
    expect(await withStanza(given, 'nodeSelector: {a: b}\n')).toHaveProperty('daemonSet')
  })
})
