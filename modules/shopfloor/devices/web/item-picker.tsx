import { Select } from 'antd'
import { useState } from 'react'
import { useWords } from '#ui/i18n.ts'
import { useDeviceChoices } from './device-select.tsx'

interface Item {
  id: string
  label: string
}

/** Chooses the machines an agreement is about. */
export function Component({ value, onChange }: { value: Item[]; onChange: (items: Item[]) => void }) {
  const t = useWords('devices')
  const [text, setText] = useState('')
  const { choices, loading } = useDeviceChoices(text)
  return (
    <Select
      mode="multiple"
      labelInValue
      aria-label={t('chooseDevices')}
      style={{ width: '100%' }}
      value={value.map((item) => ({ value: item.id, label: item.label }))}
      onChange={(chosen) => onChange(chosen.map((c) => ({ id: c.value, label: String(c.label ?? '') })))}
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={loading}
      placeholder={t('searchDevice')}
      options={choices.map((c) => ({ value: c.id, label: c.label }))}
    />
  )
}
