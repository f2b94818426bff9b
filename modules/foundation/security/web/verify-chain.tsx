import { SafetyCertificateOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Tooltip } from 'antd'
import type { z } from 'zod'
import { call, errorText } from '#ui/api.ts'
import { formatDateTimeSeconds, formatNumber } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { securityApi } from '../contract.ts'

type Result = z.output<typeof securityApi.verify.response>

export function useVerification() {
  return useMutation({ mutationFn: () => call(securityApi.verify) })
}
type Verification = ReturnType<typeof useVerification>

export function VerifyButton({ verification }: { verification: Verification }) {
  const t = useWords('security')
  return (
    <Tooltip title={t('verify.explain')}>
      <Button
        type="primary"
        icon={<SafetyCertificateOutlined aria-hidden />}
        loading={verification.isPending}
        onClick={() => verification.mutate()}
      >
        {verification.isPending ? t('verify.running') : t('verify.button')}
      </Button>
    </Tooltip>
  )
}

function sentence(result: Result, t: Words): string {
  const rows = formatNumber(result.rows)
  if (!result.break) return result.rows === 0 ? t('verify.intactEmpty') : t('verify.intact', { rows })
  return t(`verify.${result.break.reason}`, {
    no: formatNumber(result.break.chainNo),
    at: formatDateTimeSeconds(result.break.at),
    rows,
  })
}

/** What the verification found, in words, and what follows from it. */
export function VerifyResult({ verification }: { verification: Verification }) {
  const t = useWords('security')
  const { data, error } = verification
  if (error) return <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(error, t)} />
  if (!data) return null
  const head = data.head && t('verify.head', { no: formatNumber(data.head.chainNo), hash: data.head.hash })
  return (
    <Alert
      type={data.break ? 'error' : 'success'}
      showIcon
      role={data.break ? 'alert' : 'status'}
      className="ls-form-failure"
      title={sentence(data, t)}
      description={
        <div className="audit-verified">
          {data.break && <p>{t('verify.next')}</p>}
          {head && <p>{head}</p>}
          <p className="ls-quiet">{t('verify.at', { at: formatDateTimeSeconds(data.checkedAt) })}</p>
        </div>
      }
      closable={{ onClose: verification.reset }}
    />
  )
}
