export class HealthController {
  show() {
    return { status: 'healthy', pid: process.pid }
  }
}
