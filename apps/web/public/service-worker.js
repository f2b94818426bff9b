// Keeps the pages themselves for when a workshop has no network: scripts and styles carry their hash in the name and are taken from here
// first, the page that names them from the network first. What the platform answers (/api/) is never kept.

const CACHE = 'pages-1'
const PAGE = '/'
const LOGO = '/logo.svg'
const PAGE_WAIT_MS = 4_000
/** Some three releases of all pages. */
const MAX_ASSETS = 600

self.addEventListener('install', (event) => {
  self.skipWaiting()
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(LOGO)))
})
self.addEventListener('activate', (event) =>
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name)
      await self.clients.claim()
    })(),
  ),
)

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin || pathname.startsWith('/api/')) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (pathname.startsWith('/assets/') || pathname === LOGO) event.respondWith(asset(request))
})

async function page(request) {
  const cache = await caches.open(CACHE)
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PAGE_WAIT_MS) })
    // Every address is the same page of a single-page application.
    if (response.ok) await cache.put(PAGE, response.clone())
    return response
  } catch (error) {
    const kept = await cache.match(PAGE)
    if (kept) return kept
    throw error
  }
}

async function asset(request) {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(request)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok) {
    await cache.put(request, response.clone())
    const keys = await cache.keys()
    const old = keys.filter(({ url }) => new URL(url).pathname.startsWith('/assets/')).slice(0, -MAX_ASSETS)
    for (const key of old) await cache.delete(key)
  }
  return response
}
