import { expect, it } from 'vitest'
import { pluginSpawner } from '#cluster/credentials/spawn-plugin.ts'

/** Prints which of stdin and stderr lead nowhere. */
const script = `
  const { fstatSync, statSync } = require('node:fs')
  const nowhere = statSync('/dev/null')
  const none = (fd) => { const { ino, dev } = fstatSync(fd); return ino === nowhere.ino && dev === nowhere.dev }
  process.stdout.write([none(0) && 'stdin', none(2) && 'stderr'].filter(Boolean).join(' '))`

const call = { command: process.execPath, args: ['-e', script], env: {}, interactive: true }

it.skipIf(process.platform === 'win32')('a quiet plugin can neither ask nor print', async () => {
  expect(await pluginSpawner({ quiet: true })(call)).toEqual({ code: 0, stdout: 'stdin stderr' })
})

it('a plugin that is not there is told as such', async () => {
  expect(await pluginSpawner()({ ...call, command: 'kds-no-such-plugin' })).toEqual({ missing: true })
})

it('a plugin that fails is told by its code', async () => {
  expect(await pluginSpawner()({ ...call, args: ['-e', 'process.exit(3)'] })).toEqual({ code: 3, stdout: '' })
})

it.skipIf(process.platform === 'win32')(
  'a plugin that will not end is killed, with what it left behind',
  async () => {
    const stay =
      "process.on('SIGTERM',()=>{});require('child_process').spawn('sleep',['60'],{stdio:'inherit'});process.stdout.write('up');setInterval(()=>{},1e3)"
    const interrupt = new AbortController()
    const ended = pluginSpawner({ quiet: true })({ ...call, args: ['-e', stay] }, interrupt.signal)
    setTimeout(() => interrupt.abort(), 300)
    expect(await ended).toMatchObject({ code: -1 })
  },
)
