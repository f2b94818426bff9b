import { z } from 'zod'

export const ServiceSettings = z.object({
  memoryMb: z.coerce.number().int().min(128).max(65_536).default(400),
  /** 100 is one processor. */
  cpuPercent: z.coerce.number().int().min(5).max(6_400).default(100),
})

interface Unit extends z.output<typeof ServiceSettings> {
  node: string
  program: string
  /** With gateway.json and gateway.secret, which root alone can read. */
  folder: string
  caFile?: string
}

/** Beside the heap: the program itself, buffers and the queue's compression; the heap is the first to be told that memory ends. */
const HEAP_SHARE = 0.64

/**
 * The service’s unit (systemd 250 or later). It runs as a user of its own that owns nothing of /etc: settings and secret are handed to it as
 * credentials, so that both stay readable by root alone. Serial ports are all that it has of the machine's devices.
 */
export const unitOf = ({ node, program, folder, memoryMb, cpuPercent, caFile }: Unit): string => `# Written by: lianshu-gateway install
[Unit]
Description=Lianshu edge gateway
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=${node} --max-old-space-size=${Math.round(memoryMb * HEAP_SHARE)} ${program} --config %d/settings
DynamicUser=yes
SupplementaryGroups=dialout
StateDirectory=lianshu-gateway
LoadCredential=settings:${folder}/gateway.json
LoadCredential=secret:${folder}/gateway.secret
Environment=LIANSHU_GATEWAY_SECRET_FILE=%d/secret
${caFile === undefined ? '' : `LoadCredential=ca:${caFile}\nEnvironment=LIANSHU_GATEWAY_CA_FILE=%d/ca\n`}Environment=LIANSHU_GATEWAY_DATA_DIR=/var/lib/lianshu-gateway
Restart=always
RestartSec=2
TimeoutStopSec=15
MemoryMax=${memoryMb}M
CPUQuota=${cpuPercent}%
TasksMax=64
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
DevicePolicy=closed
DeviceAllow=char-ttyS rw
DeviceAllow=char-ttyUSB rw
DeviceAllow=char-ttyACM rw
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX

[Install]
WantedBy=multi-user.target
`
