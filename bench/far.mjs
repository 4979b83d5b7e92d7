// A server as it is from afar: each way takes half of the round trip, and opening a connection takes one, which a connection on
// loopback does not. far.mjs KUBECONFIG ROUND_TRIP_MS > its own kubeconfig's path
import { readFileSync, writeFileSync } from 'node:fs'
import net from 'node:net'

const [kubeconfig, roundTrip] = process.argv.slice(2)
const half = Number(roundTrip) / 2
const text = readFileSync(kubeconfig, 'utf8')
const [, port] = /127\.0\.0\.1:(\d+)/.exec(text)

function carry(from, to, earliest) {
  const later = (what) => setTimeout(what, Math.max(performance.now(), earliest) + half - performance.now())
  from.on('data', (bytes) => later(() => to.writable && to.write(bytes)))
  from.on('end', () => later(() => to.end()))
  from.on('error', () => to.destroy())
}

const far = net.createServer({ noDelay: true }, (client) => {
  const server = net.connect({ host: '127.0.0.1', port: Number(port), noDelay: true })
  carry(client, server, performance.now() + 2 * half)
  carry(server, client, 0)
})
far.listen(0, '127.0.0.1', () => {
  const path = `${kubeconfig}.far-${roundTrip}`
  writeFileSync(path, text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${far.address().port}`))
  console.log(path)
})
