import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { devicesApi } from '../contract.ts'
import { deviceName } from './queries.ts'

const CHOICES = 50

export interface DeviceChoice {
  id: string
  label: string
}

/** Finds devices on the server by any part of code, name, maker or serial number. */
export function useDeviceChoices(
  text: string,
  filter: { status?: 'active' | 'planned' } = {},
): { choices: DeviceChoice[]; loading: boolean } {
  const locale = useLocale()
  const query = useQuery({
    queryKey: ['devices', 'choices', text, filter],
    queryFn: ({ signal }) => call(devicesApi.list, { query: { ...(text ? { search: text } : {}), ...filter, limit: CHOICES }, signal }),
    placeholderData: (before) => before,
  })
  const choices = (query.data?.items ?? [])
    .filter((d) => d.own?.status !== 'retired')
    .map((d) => ({ id: d.id as string, label: `${deviceName(d, locale)}（${d.own?.code ?? ''}）` }))
  return { choices, loading: query.isFetching }
}

export function DeviceSelect(props: { id?: string; value?: string; onChange?: (value: string) => void; without?: string }) {
  const t = useWords('devices')
  const [text, setText] = useState('')
  const { choices, loading } = useDeviceChoices(text)
  // What was chosen keeps its name when the next search does not find it.
  const [chosen, setChosen] = useState<DeviceChoice>()
  const offered = choices.some((c) => c.id === chosen?.id) || !chosen ? choices : [chosen, ...choices]
  return (
    <Select<string>
      {...(props.id ? { id: props.id } : {})}
      value={props.value ?? (null as never)}
      onChange={(value) => {
        setChosen(offered.find((c) => c.id === value))
        props.onChange?.(value)
      }}
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={loading}
      placeholder={t('searchDevice')}
      options={offered.filter((c) => c.id !== props.without).map((c) => ({ value: c.id, label: c.label }))}
    />
  )
}
