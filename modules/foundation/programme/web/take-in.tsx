import { App, Button, Checkbox, Empty, Input, Modal } from 'antd'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { usePartners } from '#ui/partner-select.tsx'
import { programmeApi } from '../contract.ts'
import { useChange } from './use-change.ts'
import './programme.css'

/** Suppliers that are on the platform already, several at once. */
export function TakeIn({ onClose }: { onClose: () => void }) {
  const t = useWords('programme')
  const change = useChange()
  const { message } = App.useApp()
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [saving, setSaving] = useState(false)
  const { partners: suppliers } = usePartners({ side: 'buyer', kind: 'supply' }, search)
  const put = (ids: readonly string[], on: boolean) =>
    setChosen((before) => {
      const next = new Set(before)
      for (const id of ids) on ? next.add(id) : next.delete(id)
      return next
    })
  const save = async () => {
    setSaving(true)
    try {
      const { invited } = await change(() => call(programmeApi.takeIn, { body: { organisationIds: [...chosen] as never } }))
      void message.success(invited === 0 ? t('takeInNone') : t('takeInDone', { n: invited }))
      onClose()
    } catch (error) {
      void message.error(errorText(error, t))
    } finally {
      setSaving(false)
    }
  }
  const all = suppliers.length > 0 && suppliers.every((one) => chosen.has(one.value))
  return (
    <Modal
      open
      title={t('takeInTitle')}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button type="primary" loading={saving} disabled={chosen.size === 0} onClick={() => void save()}>
            {t('invite')} {chosen.size > 0 && `（${t('chosen', { n: chosen.size })}）`}
          </Button>
        </>
      }
    >
      <p className="ls-quiet">{t('takeInHint')}</p>
      <Input.Search allowClear placeholder={t('partnerName')} onChange={(e) => setSearch(e.target.value)} aria-label={t('partnerName')} />
      {suppliers.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('takeInEmpty')} />
      ) : (
        <div className="pg-suppliers">
          <Checkbox
            checked={all}
            onChange={(e) =>
              put(
                suppliers.map((one) => one.value),
                e.target.checked,
              )
            }
          >
            {t('takeInAll')}
          </Checkbox>
          {suppliers.map((one) => (
            <Checkbox key={one.value} checked={chosen.has(one.value)} onChange={(e) => put([one.value], e.target.checked)}>
              {one.label}
            </Checkbox>
          ))}
        </div>
      )}
    </Modal>
  )
}
