import { describe, expect, it } from 'vitest'
import type { ContainerPort, PodSpec } from '#kube/types.ts'
import { hostPorts, portsConflict } from '#scheduler/host-ports.ts'

const withPorts = (ports: readonly ContainerPort[], more: PodSpec = {}): PodSpec => ({
  containers: [{ name: 'c', ports }],
  ...more,
})

describe('the ports of the node that a pod holds', () => {
  it.each<[string, unknown, readonly unknown[]]>([
    [
      'TCP on every address, where nothing else is said',
      withPorts([{ hostPort: 80 }]),
      [{ port: 80, protocol: 'TCP', hostIP: '0.0.0.0' }],
    ],
    [
      'as it is written',
      withPorts([{ hostPort: 80, protocol: 'UDP', hostIP: '10.0.0.1' }]),
      [{ port: 80, protocol: 'UDP', hostIP: '10.0.0.1' }],
    ],
    ['none for a container port alone', withPorts([{ containerPort: 80 }]), []],
    [
      'container ports, with hostNetwork',
      withPorts([{ containerPort: 80 }], { hostNetwork: true }),
      [{ port: 80, protocol: 'TCP', hostIP: '0.0.0.0' }],
    ],
    [
      'those of a sidecar, not those of another init container',
      {
        initContainers: [
          { restartPolicy: 'Always', ports: [{ hostPort: 81 }] },
          { restartPolicy: 'Never', ports: [{ hostPort: 82 }] },
          { ports: [{ hostPort: 83 }] },
        ],
      },
      [{ port: 81, protocol: 'TCP', hostIP: '0.0.0.0' }],
    ],
    [
      'those of every container',
      { containers: [{ ports: [{ hostPort: 1 }, { hostPort: 2 }] }, { ports: [{ hostPort: 3 }] }] },
      [1, 2, 3].map((port) => ({ port, protocol: 'TCP', hostIP: '0.0.0.0' })),
    ],
    ['none without a spec', null, []],
    ['none where lists are missing', { containers: [{}] }, []],
    ['none where everything is null', { containers: null, initContainers: null, hostNetwork: null }, []],
    [
      'none where the lists hold nulls',
      { containers: [null, { ports: null }, { ports: [null] }], initContainers: [null] },
      [],
    ],
    [
      'none where a list holds null, with hostNetwork',
      { containers: [{ ports: [null] }], hostNetwork: true },
      [],
    ],
  ])('%s', (_, spec, ports) => {
    expect(hostPorts(spec as PodSpec)).toEqual(ports)
  })
})

// The table of TestHostPortInfo_Check of the scheduler.
describe('two pods that hold ports', () => {
  const at = (protocol: string, hostIP: string, port: number) =>
    hostPorts(withPorts([{ protocol, hostIP, hostPort: port }]))

  it.each<[string, readonly [string, string, number][], [string, string, number], boolean]>([
    ['nothing said is every address and TCP', [['TCP', '127.0.0.1', 80]], ['', '', 81], false],
    ['nothing said is every address and TCP: conflict', [['TCP', '127.0.0.1', 80]], ['', '', 80], true],
    ['no port', [['TCP', '127.0.0.1', 80]], ['', '', 0], false],
    ['every address against one', [['TCP', '127.0.0.1', 80]], ['TCP', '0.0.0.0', 80], true],
    ['another protocol', [['UDP', '127.0.0.1', 80]], ['TCP', '0.0.0.0', 80], false],
    [
      'other ports',
      [
        ['TCP', '127.0.0.1', 79],
        ['TCP', '127.0.0.1', 81],
      ],
      ['TCP', '0.0.0.0', 80],
      false,
    ],
    ['one address against every', [['TCP', '0.0.0.0', 80]], ['TCP', '127.0.0.1', 80], true],
    [
      'one address, other ports and protocols on every',
      [
        ['TCP', '0.0.0.0', 79],
        ['UDP', '0.0.0.0', 80],
      ],
      ['TCP', '127.0.0.1', 80],
      false,
    ],
    ['the same address', [['TCP', '127.0.0.1', 80]], ['TCP', '127.0.0.1', 80], true],
    ['another address', [['TCP', '127.0.0.2', 80]], ['TCP', '127.0.0.1', 80], false],
  ])('%s', (_, held, asked, conflict) => {
    const there = held.flatMap((one) => at(...one))
    expect(at(...asked).some((one) => there.some((other) => portsConflict(one, other)))).toBe(conflict)
  })
})
