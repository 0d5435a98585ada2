# One image for all services; docker-compose.yml says which one a container runs.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    CACHE_DIR=/var/cache/moodstream MODEL_DIR=/var/cache/moodstream/models \
    API_KEYS_FILE=/var/cache/moodstream/api-keys.json

WORKDIR /app
COPY requirements.lock .
RUN pip install --require-hashes -r requirements.lock

# A volume takes its owner from the directory that it is put on.
RUN useradd --create-home moodstream && install -d -o moodstream -g moodstream $CACHE_DIR
COPY *.py ./
COPY moodstream moodstream
COPY sql sql

USER moodstream
CMD ["python", "dashboard.py"]
