import { narrow } from '#kernel/postgres.ts'
import type { SearchKind } from '#kernel/searches.ts'
import { devicesApi } from '../contract.ts'
import { filtered } from './list-devices.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTables } from './tables.ts'

/** By code, name, maker, model and serial number, as in the list: whose code it is first, then by code. */
export const deviceSearches = (rooms: Rooms): readonly SearchKind[] => [
  {
    name: 'device',
    permission: 'devices.read',
    find: async (ctx, opaqueTx, text, limit) => {
      const tx = narrow<DevicesTables>(opaqueTx)
      const seen = (search?: string) => filtered(rooms, tx, ctx, devicesApi.list.query.parse({ search }))
      const exact = await (await seen()).where('d.code_key', '=', text.trim().toLowerCase()).execute()
      const others = await (await seen(text)).orderBy('d.code').orderBy('d.id').limit(limit).execute()
      return [...exact, ...others.filter(({ id }) => id !== exact[0]?.id)].slice(0, limit).map(({ id, code, name, name_en }) => ({
        label: `${(ctx.locale === 'en-US' && name_en) || name} ${code}`,
        path: `/devices/${id}`,
      }))
    },
  },
]
