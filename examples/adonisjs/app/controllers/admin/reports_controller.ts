import type { HttpContext } from '@adonisjs/core/http'
import { weeklyReport } from '#services/weekly_report'

export default class ReportsController {
  index({ desk }: HttpContext) {
    return { heading: 'Overview', desk, weeks: [weeklyReport(1), weeklyReport(2)] }
  }

  show({ desk, params }: HttpContext) {
    return { heading: 'Overview', desk, week: weeklyReport(Number(params.week)) }
  }
}
