import ipaddr from 'ipaddr.js'

/** Where plain HTTP and MQTT may be listened for: nobody off this machine reads along unless the operator says so. */
export type PlainHost = { kind: 'at'; host: string } | { kind: 'refused'; zh: string; en: string }

export function plainHost({ host, tls, plainAllowed }: { host: string; tls: boolean; plainAllowed: boolean }): PlainHost {
  if (isLoopback(host) || plainAllowed) return { kind: 'at', host }
  // With TLS the plain ports stay for our own processes.
  if (tls) return { kind: 'at', host: '127.0.0.1' }
  return {
    kind: 'refused',
    zh: `LIANSHU_HOST=${host} 会让密码和设备密钥在网络上明文传输，未启动。请任选其一：
  1. 设置 TLS_CERT_FILE 与 TLS_KEY_FILE；没有证书时运行：npm run certificates:make -- --name 主机名或地址
  2. TLS 由前面的代理终结：设置 LIANSHU_HTTPS=1
  3. 仅限封闭的试验网络：设置 LIANSHU_PLAIN=1，允许明文`,
    en: `With LIANSHU_HOST=${host} passwords and device secrets would cross the network in the clear; nothing was started. Choose one:
  1. set TLS_CERT_FILE and TLS_KEY_FILE; without a certificate: npm run certificates:make -- --name HOST_OR_ADDRESS
  2. TLS ends at a proxy in front: set LIANSHU_HTTPS=1
  3. on a closed test network only: set LIANSHU_PLAIN=1 to allow it`,
  }
}

const isLoopback = (host: string): boolean => host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback')

/** How a process of this machine reaches what listens on `host`. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
