# PHP needs no building, but the consumer must be readable to it.
generate php invokerPackage=Jsms
php -l consumer.php
