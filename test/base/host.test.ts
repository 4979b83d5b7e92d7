import { expect, it } from 'vitest'
import { hostOf, joinHostPort, portOf } from '#base/host.ts'

it.each([
  ['https://example.com', 'example.com', 443, 'example.com:443'],
  ['http://example.com', 'example.com', 80, 'example.com:80'],
  ['https://10.0.0.1:6443', '10.0.0.1', 6443, '10.0.0.1:6443'],
  ['https://[fd00::1]:6443', 'fd00::1', 6443, '[fd00::1]:6443'],
  ['https://[::1]', '::1', 443, '[::1]:443'],
])('%s has host %s and port %i, together %s', (text, host, port, both) => {
  const url = new URL(text)
  expect([hostOf(url), portOf(url), joinHostPort(hostOf(url), portOf(url))]).toEqual([host, port, both])
})
