"""What `make up` runs beside the servers. To add a service, add a line here, and in docker-compose.yml."""

SERVICES = {
    "stream_music": ("stream_music.py",),
    "mood_classifier": ("mood_classifier.py",),
    "user_feedback": ("user_feedback.py", "simulator"),
    "mysql_connector": ("mysql_connector.py",),
    "playlist_manager": ("playlist_manager.py",),
    "dashboard": ("dashboard.py",),
}
