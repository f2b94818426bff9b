import { Alert, App, Button, Modal } from 'antd'
import { type ReactNode, useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { formatDateTime } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import type { Gateway } from '../configuration-contract.ts'
import { enrolmentApi } from '../enrolment-contract.ts'

export interface Enrolment {
  code: string
  expiresAt: string
}

/** A one-time code for a gateway's program: at first, on a new computer, or when its credential is in doubt. */
export function EnrolButton({ gateway }: { gateway: Gateway }) {
  const t = useWords('gateways')
  const { message } = App.useApp()
  const [made, setMade] = useState<Enrolment>()
  const [busy, setBusy] = useState(false)
  const make = () => {
    setBusy(true)
    call(enrolmentApi.createEnrolment, { params: { id: gateway.id }, body: {} })
      .then(setMade, (error: unknown) => void message.error(errorText(error, t)))
      .finally(() => setBusy(false))
  }
  return (
    <>
      <Button loading={busy} onClick={make}>
        {t('enrol')}
      </Button>
      {made && (
        <EnrolmentShown enrolment={made} onClose={() => setMade(undefined)}>
          {gateway.state !== 'never' && <Alert type="warning" showIcon title={t('enrolReplaces')} />}
        </EnrolmentShown>
      )}
    </>
  )
}

/** Closed by its button alone: what stands here is shown once. */
export function EnrolmentShown({ enrolment, onClose, children }: { enrolment: Enrolment; onClose: () => void; children?: ReactNode }) {
  const t = useWords('gateways')
  const { message } = App.useApp()
  const command = `node lianshu-gateway.js enrol ${window.location.origin} ${enrolment.code}`
  const copy = () =>
    navigator.clipboard.writeText(command).then(
      () => void message.success(t('ui:copied')),
      () => void message.warning(t('copyByHand')),
    )
  return (
    <Modal
      open
      title={t('enrolTitle')}
      mask={{ closable: false }}
      keyboard={false}
      closable={false}
      footer={
        <>
          <Button onClick={() => void copy()}>{t('ui:copy')}</Button>
          <Button type="primary" onClick={onClose}>
            {t('secretKept')}
          </Button>
        </>
      }
    >
      <p>{t('enrolHint')}</p>
      <pre className="gw-command">
        <code>{command}</code>
      </pre>
      <p>
        <span className="ls-quiet">{t('enrolCode')}</span> <code>{enrolment.code}</code>
        <br />
        <span className="ls-quiet">{t('enrolUntil', { at: formatDateTime(enrolment.expiresAt) })}</span>
      </p>
      {children}
    </Modal>
  )
}
