import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { setInYaml } from '#yaml/set-in-place.ts'

const path = ['users', 0, 'user', 'token']

describe('a text is put in place, and nothing else changes', () => {
  it.each<[string, string, string]>([
    [
      'a plain one, with comments and odd layout around it',
      '# mine\r\nusers:\r\n- name: u   # me\r\n  user:\r\n      token:   OLD # until May\r\n      x: {a:  1}\r\n\r\n\r\n',
      '# mine\r\nusers:\r\n- name: u   # me\r\n  user:\r\n      token:   "NEW" # until May\r\n      x: {a:  1}\r\n\r\n\r\n',
    ],
    [
      'a quoted one',
      "users:\n  - user: { token: 'it''s', x: 1 }\n",
      'users:\n  - user: { token: "NEW", x: 1 }\n',
    ],
    [
      'one of several lines',
      'users:\n- user:\n    token: >-\n      a\n      b\n    x: 1\n',
      'users:\n- user:\n    token: "NEW"\n    x: 1\n',
    ],
    [
      'an empty one',
      'users:\n- user:\n    token:\n    x: 1\n',
      'users:\n- user:\n    token: "NEW"\n    x: 1\n',
    ],
    [
      'one that is not there yet',
      'users:\n- user:\n    # what\n    x: 1\n',
      'users:\n- user:\n    # what\n    "token": "NEW"\n    x: 1\n',
    ],
    [
      'one that is not there yet in JSON',
      '{"users":[ {"user":{"x":1}}]}',
      '{"users":[ {"user":{"token": "NEW", "x":1}}]}',
    ],
    ['one of JSON', '{ "users":\n[{"user":{"token":"OLD"}}]}', '{ "users":\n[{"user":{"token":"NEW"}}]}'],
  ])('%s', async (_name, before, after) => {
    const done = await setInYaml(before, [{ path, value: 'NEW' }])
    expect(done).toBe(after)
    expect(parse(done).users[0].user.token).toBe('NEW')
  })

  it('several, one beside the other, with what needs quotes', async () => {
    const done = await setInYaml('a:\n  x: 1\n', [
      { path: ['a', 'b'], value: '"# \n' },
      { path: ['a', 'c'], value: 'null' },
    ])
    expect(parse(done)).toEqual({ a: { x: 1, b: '"# \n', c: 'null' } })
  })

  it.each(['users:\n- user: *other\n', 'users: []\n', 'users:\n- user:\n    token: {}\n'])(
    'not where there is no place for it: %j',
    async (text) => {
      await expect(setInYaml(text, [{ path, value: 'NEW' }])).rejects.toThrow(
        'there is no place for users.0.user.token',
      )
    },
  )
})
