import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { call } from '#ui/api.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { type DeviceId, devicesApi, type MeasuringPoint } from '../contract.ts'

/** So many machines' points are offered; more machines of a plant seldom add other names. */
const MAX_DEVICES = 20
const MAX_POINTS = 200

interface Props {
  /** The machines chosen, or all. */
  items: { id: string }[] | 'all'
  value: string[]
  onChange: (names: string[]) => void
}

/** Chooses measuring points by name: an agreement opens the same names on each of its machines. */
export function Component({ items, value, onChange }: Props) {
  const t = useWords('devices')
  const locale = useLocale()
  const ids = items === 'all' ? [undefined] : items.slice(0, MAX_DEVICES).map((item) => item.id as DeviceId)
  const query = useQuery({
    queryKey: ['devices', 'pointNames', ids],
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        ids.map((deviceId) =>
          call(devicesApi.measuringPoints, { query: { limit: MAX_POINTS, ...(deviceId ? { deviceId } : {}) }, signal }),
        ),
      )
      return [...new Map<string, MeasuringPoint>(pages.flatMap((page) => page.items).map((point) => [point.name, point])).values()]
    },
    placeholderData: (before) => before,
  })
  return (
    <Select
      mode="tags"
      aria-label={t('choosePoints')}
      style={{ width: '100%' }}
      value={value}
      onChange={onChange}
      maxCount={MAX_POINTS}
      loading={query.isFetching}
      optionFilterProp="label"
      options={(query.data ?? []).map((point) => ({
        value: point.name as string,
        label: `${nameIn(locale, point.label, point.labelEn)}（${point.name}）`,
      }))}
    />
  )
}
