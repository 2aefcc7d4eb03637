# NATS with a folder for JetStream that belongs to who runs it: a new volume takes that over from the image.
FROM nats:2.11.16-alpine
RUN mkdir /data && chown 1000:1000 /data
USER 1000:1000
